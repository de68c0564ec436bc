"""How pieces of ink stand to each other: rows, stacked fractions, roots, raised exponents.

Plain text recognition reads left to right only. Here the two-dimensional part of mathematics is
found from the geometry of the ink alone, before anything is recognised: a bar with ink close above
and below is a fraction, a sign that encloses other ink is a root, small pieces high beside a base
are an exponent. What lies inside each is laid out the same way again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from inference.reader.characters import group_characters
from inference.reader.exponents import is_raised, raise_scripts
from inference.reader.fractions import find_fraction_sides, find_radicand
from inference.reader.lines import Part, Parts, char_height_of, union
from inference.reader.nodes import (
    Fraction,
    Glyph,
    Limits,
    Node,
    Root,
    TextLine,
    all_parts,
    is_flat,
)

_MAX_DEPTH = 6
# Widest gap between neighbours of one row, in heights of the taller one.
_ROW_GAP = 2.6
# Widest gap between the sign of a written sum and its figures.
_FAR_SIGN = 6.0
# A stroke longer than this that is no fraction bar is ruled above or below writing.
_RAIL = 4.0


@dataclass(slots=True)
class _Row:
    nodes: list[Node] = field(default_factory=list)
    braces: list[int] = field(default_factory=list)
    underlined: bool = False


def find_lines(parts: Parts) -> list[TextLine]:
    """Group the pieces of a picture into lines, top to bottom."""
    rows = _rows(list(parts.parts), parts.char_height, depth=0)
    lines = [_finish(row, parts.char_height) for row in rows if row.nodes]
    lines.sort(key=lambda line: (line.rect.centre_y, line.rect.left))
    return lines


def unstacked(line: TextLine) -> tuple[TextLine, TextLine] | None:
    """The two rows of a line that is one stacked fraction and nothing else.

    The rule below a written sum looks like the bar of a fraction once the answer stands under it.
    """
    if len(line.nodes) != 1 or not isinstance(line.nodes[0], Fraction):
        return None
    fraction = line.nodes[0]
    upper = _Row(nodes=list(fraction.numerator), underlined=True)
    lower = _Row(nodes=list(fraction.denominator))
    return _finish(upper, line.char_height), _finish(lower, line.char_height)


def _finish(row: _Row, char_height: float) -> TextLine:
    slope = _slope(row.nodes)
    nodes = raise_scripts(row.nodes, slope, char_height)
    return TextLine(
        nodes=tuple(nodes),
        rect=union(node.rect for node in nodes),
        char_height=char_height_of([part.rect for part in all_parts(nodes)], char_height),
        slope=slope,
        brace=row.braces[0] if row.braces else None,
        underlined=row.underlined,
    )


# ---- rows ---------------------------------------------------------------------------------------


def _rows(parts: list[Part], char_height: float, depth: int) -> list[_Row]:
    """Lay out `parts`: structures first, then rows of what is left."""
    structures, rest = _structures(parts, char_height, depth)
    rails = [part for part in rest if part.is_flat and part.rect.width > _RAIL * char_height]
    rail_labels = {part.label for part in rails}
    glyphs = group_characters([part for part in rest if part.label not in rail_labels], char_height)
    nodes: list[Node] = [*structures, *glyphs]
    if not nodes:
        return []
    tall = [node for node in nodes if _is_anchor(node, char_height)]
    special = [
        node
        for node in tall
        if isinstance(node, Glyph)
        and node.rect.height > 1.75 * char_height
        and node.rect.width < 0.9 * node.rect.height
    ]
    braced = _braced_rows(special, nodes, char_height)
    if braced:
        taken = {id(node) for row in braced for node in row.nodes}
        brace_ids = {row.braces[1] for row in braced}
        nodes = [node for node in nodes if id(node) not in taken and id(node) not in brace_ids]
        tall = [node for node in nodes if _is_anchor(node, char_height)]
        special = [node for node in special if id(node) not in brace_ids | taken]
    nodes, limits = _with_limits(special, nodes, char_height)
    if limits:
        signs = {id(node.sign) for node in limits}
        tall = [node for node in nodes if _is_anchor(node, char_height)]
        special = [node for node in special if id(node) not in signs]
    special_ids = {id(node) for node in special}
    anchors = [node for node in tall if id(node) not in special_ids]
    if not anchors:
        anchors, special = tall, []
    if not anchors:
        anchors = list(nodes)
    anchor_ids = {id(node) for node in anchors} | {id(node) for node in special}
    loose = [node for node in nodes if id(node) not in anchor_ids]
    rows = [_Row(nodes=group) for group in _chain(anchors, char_height)]
    loose_after: list[Node] = []
    for node in sorted(special, key=lambda node: node.rect.left):
        spanned = _spanned_rows(node, rows)
        if len(spanned) >= 2:
            for row in spanned:
                row.braces.append(int(node.rect.top))
        else:
            loose_after.append(node)
    leftover = sorted([*loose, *loose_after], key=lambda node: -node.rect.height)
    for piece in leftover:
        _attach(piece, rows, char_height)
    for rail in rails:
        _underline(Glyph((rail,), rail.rect), rows, char_height)
    rows = _merge_rows(_join_raised(rows, char_height))
    rows = _with_far_signs(rows, char_height)
    rows.extend(braced)
    for row in rows:
        row.nodes.sort(key=lambda node: node.rect.left)
    return rows


def _with_limits(
    special: Sequence[Glyph], nodes: Sequence[Node], char_height: float
) -> tuple[list[Node], list[Limits]]:
    """Replace tall signs that have limits, and their limits, by `Limits` nodes."""
    remaining = list(nodes)
    found: list[Limits] = []
    for sign in special:
        rect = sign.rect
        near = [
            node
            for node in remaining
            if isinstance(node, Glyph)
            and node is not sign
            and node.rect.height < 0.8 * char_height
            and not is_flat(node)
            and rect.centre_x - 0.2 * rect.width <= node.rect.left
            and node.rect.left < rect.right + 0.7 * char_height
        ]
        upper = [node for node in near if node.rect.bottom < rect.top + 0.45 * rect.height]
        lower = [node for node in near if node.rect.top > rect.bottom - 0.45 * rect.height]
        reach = 0.6 * char_height
        upper = [node for node in upper if node.rect.bottom > rect.top - reach]
        lower = [node for node in lower if node.rect.top < rect.bottom + reach]
        if not upper or not lower:
            continue
        taken = {id(node) for node in (sign, *upper, *lower)}
        remaining = [node for node in remaining if id(node) not in taken]
        node = Limits(
            sign=sign,
            lower=tuple(sorted(lower, key=lambda each: each.rect.left)),
            upper=tuple(sorted(upper, key=lambda each: each.rect.left)),
            rect=union(each.rect for each in (sign, *upper, *lower)),
        )
        remaining.append(node)
        found.append(node)
    return remaining, found


def _braced_rows(special: Sequence[Glyph], nodes: Sequence[Node], char_height: float) -> list[_Row]:
    """Rows that a left brace holds together, as in a system of equations.

    A tall piece is a brace when what stands right of it, within its height, falls into two or
    three rows of writing that begin at the same place. Each row's `braces` is its brace's height on
    the picture and identity.
    """
    found: list[_Row] = []
    for brace in special:
        rect = brace.rect
        held = [
            node
            for node in nodes
            if node is not brace
            and node.rect.left > rect.centre_x
            and rect.top - 0.3 * char_height < node.rect.centre_y < rect.bottom + 0.3 * char_height
        ]
        anchors = [node for node in held if _is_anchor(node, char_height)]
        own_height = char_height_of([node.rect for node in anchors], char_height)
        rows = [_Row(nodes=group) for group in _chain(anchors, own_height) if len(group) >= 3]
        if not 2 <= len(rows) <= 3:
            continue
        boxes = [union(node.rect for node in row.nodes) for row in rows]
        aligned = max(box.left for box in boxes) - min(box.left for box in boxes)
        near = min(box.left for box in boxes) - rect.right
        apart = all(
            one.overlap_y(other) < 0.35 * min(one.height, other.height)
            for index, one in enumerate(boxes)
            for other in boxes[index + 1 :]
        )
        if aligned > 2.5 * own_height or near > 1.5 * own_height or not apart:
            continue
        held_ids = {id(node) for row in rows for node in row.nodes}
        for node in held:
            if id(node) not in held_ids:
                _attach(node, rows, own_height)
        for row in rows:
            row.braces = [int(rect.top), id(brace)]
        found.extend(rows)
    return found


def _is_anchor(node: Node, char_height: float) -> bool:
    """Whether a piece is big enough to say where a row is."""
    if not isinstance(node, Glyph):
        return True
    if all(part.is_flat for part in node.parts):
        return 0.3 * char_height < node.rect.width < 2.2 * char_height
    return node.rect.height >= 0.42 * char_height


def _core(node: Node, char_height: float) -> tuple[float, float]:
    """Top and bottom of the height at which a piece stands in its row."""
    if isinstance(node, Fraction):
        axis = node.bar.rect.centre_y
        return axis - 0.5 * char_height, axis + 0.5 * char_height
    if isinstance(node, Limits):
        middle = node.sign.rect.centre_y
        return middle - 0.5 * char_height, middle + 0.5 * char_height
    if isinstance(node, Glyph) and all(part.is_flat for part in node.parts):
        middle = node.rect.centre_y
        return middle - 0.35 * char_height, middle + 0.35 * char_height
    return float(node.rect.top), float(node.rect.bottom)


def _chain(nodes: Sequence[Node], char_height: float) -> list[list[Node]]:
    """Join neighbours at the same height into rows."""
    if not nodes:
        return []
    ordered = sorted(nodes, key=lambda node: node.rect.left)
    cores = np.array([_core(node, char_height) for node in ordered])
    lefts = np.array([node.rect.left for node in ordered], dtype=float)
    rights = np.array([node.rect.right for node in ordered], dtype=float)
    heights = cores[:, 1] - cores[:, 0]
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index in range(len(ordered)):
        after = np.arange(len(ordered)) > index
        shared = np.minimum(cores[:, 1], cores[index, 1]) - np.maximum(cores[:, 0], cores[index, 0])
        gap = np.maximum(lefts - rights[index], 0.0)
        taller = np.maximum(heights, heights[index])
        fits = (
            after
            & (shared > 0.42 * np.minimum(heights, heights[index]))
            & (np.minimum(heights, heights[index]) > 0.3 * taller)
            & (gap < _ROW_GAP * np.maximum(taller, 0.8 * char_height))
        )
        candidates = np.nonzero(fits)[0]
        # The two nearest are enough: farther ones hang on them.
        for other in candidates[np.argsort(gap[candidates])][:3]:
            parent[root(index)] = root(int(other))
    groups: dict[int, list[Node]] = {}
    for index, node in enumerate(ordered):
        groups.setdefault(root(index), []).append(node)
    return list(groups.values())


def _spanned_rows(node: Node, rows: Sequence[_Row]) -> list[_Row]:
    """Rows that begin right of a tall piece and whose middle lies within its height."""
    spanned = []
    for row in rows:
        box = union(item.rect for item in row.nodes)
        inside = node.rect.top <= box.centre_y <= node.rect.bottom
        gap = box.left - node.rect.right
        if inside and -0.3 * node.rect.width <= gap < 1.2 * node.rect.height:
            spanned.append(row)
    return spanned


def _attach(node: Node, rows: Sequence[_Row], char_height: float) -> None:
    """Give a small or very tall piece to the row in which it stands, if there is one."""
    best: _Row | None = None
    best_distance = 1.0
    for row in rows:
        nearest = sorted(
            row.nodes, key=lambda other: abs(other.rect.centre_x - node.rect.centre_x)
        )[:3]
        gap = min(-other.rect.overlap_x(node.rect) for other in nearest)
        cores = [_core(other, char_height) for other in nearest]
        top = float(np.median([core[0] for core in cores]))
        bottom = float(np.median([core[1] for core in cores]))
        height = max(bottom - top, 0.6 * char_height)
        if gap > _ROW_GAP * height:
            continue
        off_middle = abs(node.rect.centre_y - (top + bottom) / 2) / height
        is_long = node.rect.width > 1.4 * height and node.rect.height < 0.5 * node.rect.width
        if is_long and off_middle > 0.4:
            # A line above or below writing, not a sign in it.
            continue
        if node.rect.height > 1.5 * height:
            shared = min(node.rect.bottom, bottom) - max(node.rect.top, top)
            off_middle = 0.0 if shared > 0.7 * height else 1.0
        if off_middle < best_distance and off_middle < 0.95:
            best, best_distance = row, off_middle
    if best is not None:
        best.nodes.append(node)
    else:
        _underline(node, rows, char_height)


def _underline(node: Node, rows: Sequence[_Row], char_height: float) -> None:
    """Note a bar below a row."""
    if not is_flat(node):
        return
    for row in rows:
        box = union(other.rect for other in row.nodes)
        below = node.rect.top - box.bottom
        near = -0.1 * char_height < below < 1.2 * char_height
        if near and node.rect.overlap_x(box) > 0.6 * box.width:
            row.underlined = True


def _join_raised(rows: list[_Row], char_height: float) -> list[_Row]:
    """Give rows that are exponents of another row to that row."""
    kept: list[_Row] = []
    ordered = sorted(rows, key=lambda row: max(node.rect.height for node in row.nodes))
    for index, row in enumerate(ordered):
        first = min(row.nodes, key=lambda node: node.rect.left)
        home = None
        for other in ordered[index + 1 :]:
            before = [node for node in other.nodes if node.rect.centre_x < first.rect.left]
            if not before:
                continue
            base = max(before, key=lambda node: node.rect.right)
            if is_flat(first):
                solid = [node for node in row.nodes if not is_flat(node)]
                if not solid:
                    continue
                probe = min(solid, key=lambda node: node.rect.left)
            else:
                probe = first
            if is_raised(probe, base, None, 0.0, char_height, after_raised=probe is not first):
                home = other
                break
        if home is None:
            kept.append(row)
        else:
            home.nodes.extend(row.nodes)
    return kept


def _merge_rows(rows: list[_Row]) -> list[_Row]:
    """Join rows that a shared structure or a wide gap had kept apart but that interleave."""
    merged: list[_Row] = []
    for row in sorted(rows, key=lambda row: -len(row.nodes)):
        box = union(node.rect for node in row.nodes)
        for other in merged:
            other_box = union(node.rect for node in other.nodes)
            inside = other_box.left <= box.centre_x <= other_box.right
            shared = box.overlap_y(other_box)
            if inside and shared > 0.75 * box.height and box.height < 0.8 * other_box.height:
                other.nodes.extend(row.nodes)
                other.underlined = other.underlined or row.underlined
                break
        else:
            merged.append(row)
    return merged


def _with_far_signs(rows: list[_Row], char_height: float) -> list[_Row]:
    """Give a lone piece far left of a row to it where a longer row above spans the gap.

    In a written sum the sign stands clear of all figures, also of those of a short last line.
    """
    kept = list(rows)
    for row in rows:
        if len(row.nodes) != 1 or row.nodes[0].rect.height > 1.2 * char_height:
            continue
        sign = row.nodes[0].rect
        for other in kept:
            box = union(node.rect for node in other.nodes)
            gap = box.left - sign.right
            if other is row or not 0 < gap < _FAR_SIGN * char_height:
                continue
            if not box.top < sign.centre_y < box.bottom:
                continue
            if any(
                _spans(above, sign.right, box.left, box.top, char_height)
                for above in kept
                if above is not other and above is not row
            ):
                other.nodes.extend(row.nodes)
                other.underlined = other.underlined or row.underlined
                kept = [each for each in kept if each is not row]
                break
    return kept


def _spans(row: _Row, left: float, right: float, bottom: float, char_height: float) -> bool:
    """Whether a row stands close above `bottom` and covers most of what is between two edges."""
    box = union(node.rect for node in row.nodes)
    near = -0.3 * char_height < bottom - box.bottom < 1.9 * char_height
    covered = min(box.right, right) - max(box.left, left)
    return near and covered > 0.5 * (right - left)


def _slope(nodes: Sequence[Node]) -> float:
    """Slope of the line under the full-size pieces; 0 where they do not agree on one."""
    heights = [node.rect.height for node in nodes]
    usual = float(np.median(heights))
    anchors = [
        node
        for node in nodes
        if node.rect.height >= 0.7 * usual and isinstance(node, Glyph) and not is_flat(node)
    ]
    if len(anchors) < 4:
        return 0.0
    x = np.array([node.rect.centre_x for node in anchors])
    y = np.array([float(node.rect.bottom) for node in anchors])
    span = float(x.max() - x.min())
    if span < 3.5 * usual:
        return 0.0
    # Theil-Sen: the median of all pairwise slopes does not follow one descender.
    first, second = np.triu_indices(len(anchors), k=1)
    apart = np.abs(x[second] - x[first]) > 0.25 * span
    if not apart.any():
        return 0.0
    slope = float(np.median((y[second] - y[first])[apart] / (x[second] - x[first])[apart]))
    off_line = y - slope * x
    spread = float(np.median(np.abs(off_line - np.median(off_line))))
    return slope if abs(slope) < 0.3 and spread < 0.12 * usual else 0.0


# ---- structures ---------------------------------------------------------------------------------


def _structures(parts: list[Part], char_height: float, depth: int) -> tuple[list[Node], list[Part]]:
    """Take fractions and roots out of `parts`, the widest first so that they nest rightly."""
    if depth >= _MAX_DEPTH:
        return [], parts
    pool = {part.label: part for part in parts}
    candidates = sorted(
        (part for part in parts if part.rect.width > 0.45 * char_height),
        key=lambda part: -part.rect.width,
    )
    found: list[Node] = []
    for part in candidates:
        if part.label not in pool:
            continue
        rest = [other for other in pool.values() if other.label != part.label]
        node: Node | None = None
        claimed: list[Part] = []
        if part.is_flat:
            above, below = find_fraction_sides(part, rest, char_height)
            if above and below:
                claimed = [*above, *below]
                numerator = _inside(above, char_height, depth)
                denominator = _inside(below, char_height, depth)
                rect = union([part.rect, *(other.rect for other in claimed)])
                node = Fraction(part, numerator, denominator, rect)
        else:
            claimed = find_radicand(part, rest, char_height)
            if claimed:
                rect = union([part.rect, *(other.rect for other in claimed)])
                node = Root(part, _inside(claimed, char_height, depth), rect)
        if node is not None:
            found.append(node)
            for other in (part, *claimed):
                del pool[other.label]
    return found, list(pool.values())


def _inside(parts: list[Part], char_height: float, depth: int) -> tuple[Node, ...]:
    """Lay out what a structure holds, as one row."""
    own_height = char_height_of([part.rect for part in parts], char_height)
    rows = _rows(parts, own_height, depth + 1)
    nodes = [node for row in rows for node in row.nodes]
    kept = {part.label for part in all_parts(nodes)}
    lost = [part for part in parts if part.label not in kept]
    nodes.extend(Glyph((part,), part.rect) for part in lost)
    nodes.sort(key=lambda node: node.rect.left)
    return tuple(raise_scripts(nodes, 0.0, own_height))
