"""Which small pieces stand high beside a base, as its exponent."""

from __future__ import annotations

from collections.abc import Sequence

from inference.reader.lines import union
from inference.reader.nodes import Fraction, Glyph, Limits, Node, Script, is_flat

# A piece of less than this share of a character's height, both ways, is a dot and no exponent.
_DOT = 0.36


def raise_scripts(nodes: Sequence[Node], slope: float, char_height: float) -> list[Node]:
    """Gather raised small pieces right of a base into `Script` nodes."""
    ordered = sorted(nodes, key=lambda node: node.rect.left)
    result: list[Node] = []
    run: list[Node] = []
    base: Node | None = None
    for index, node in enumerate(ordered):
        follower = next(
            (other for other in ordered[index + 1 :] if _is_on_line(other, base, slope)), None
        )
        if base is not None and is_raised(
            node, base, follower, slope, char_height, after_raised=bool(run)
        ):
            run.append(node)
            continue
        if run:
            result.extend(_script(run))
            run = []
        result.append(node)
        if not isinstance(node, Glyph) or not _is_small(node, base):
            base = node
    if run:
        result.extend(_script(run))
    return result


def _script(run: list[Node]) -> list[Node]:
    """An exponent of the run, without the strokes at its end: none ends in a minus."""
    length = max((index + 1 for index, node in enumerate(run) if not is_flat(node)), default=0)
    if length == 0:
        return run
    inside, after = run[:length], run[length:]
    return [Script(tuple(inside), union(node.rect for node in inside)), *after]


def _is_small(node: Node, base: Node | None) -> bool:
    if is_flat(node):
        return True
    return base is not None and node.rect.height < 0.4 * base.rect.height


def is_raised(
    node: Node,
    base: Node,
    follower: Node | None,
    slope: float,
    char_height: float,
    *,
    after_raised: bool,
) -> bool:
    """Whether `node` stands as an exponent beside `base`."""
    if isinstance(base, Fraction | Limits) or _is_operator_like(base):
        return False
    drop = slope * (node.rect.centre_x - base.rect.centre_x)
    top, bottom = node.rect.top - drop, node.rect.bottom - drop
    height = node.rect.height
    base_rect = base.rect
    gap = node.rect.left - base_rect.right
    reach = 3.0 * base_rect.height if after_raised else 0.8 * max(base_rect.height, 1)
    if gap > reach or gap < -0.5 * node.rect.width - 2:
        return False
    if is_flat(node):
        # A minus belongs to an exponent only high up; whether digits follow decides the run.
        return bottom < base_rect.top + 0.35 * base_rect.height
    if max(height, node.rect.width) < _DOT * char_height:
        return False
    # Beside a small letter an exponent may be as tall as its base, never as a full character.
    tallest = min(0.95 * max(base_rect.height, char_height), 1.15 * base_rect.height)
    if height > tallest or height < 0.2 * base_rect.height:
        return False
    if bottom > base_rect.top + 0.5 * base_rect.height:
        return False
    if bottom < base_rect.top - 0.4 * char_height:
        return False
    if top > base_rect.top + 0.05 * base_rect.height:
        return False
    if follower is not None and not isinstance(follower, Fraction):
        shift = slope * (follower.rect.centre_x - node.rect.centre_x)
        level = follower.rect.top + 0.6 * follower.rect.height - shift
        close = follower.rect.left - node.rect.right < 2.0 * base_rect.height
        if close and node.rect.bottom > level and follower.rect.height > 0.8 * height:
            return False
    return True


def _is_on_line(node: Node, base: Node | None, slope: float) -> bool:
    """Whether a piece stands on the same line as `base`, not raised beside it."""
    if _is_small(node, base):
        return False
    if base is None:
        return True
    drop = slope * (node.rect.centre_x - base.rect.centre_x)
    return node.rect.bottom - drop > base.rect.top + 0.6 * base.rect.height


def _is_operator_like(node: Node) -> bool:
    return isinstance(node, Glyph) and len(node.parts) > 1 and all(p.is_flat for p in node.parts)
