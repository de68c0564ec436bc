"""Which ink stands above and below a fraction bar, or under a root sign.

A minus between two rows has ink above and below it as well: its neighbours go on beyond the bar.
"""

from __future__ import annotations

from collections.abc import Sequence

from inference.reader.lines import Part, union


def find_fraction_sides(
    bar: Part, others: Sequence[Part], char_height: float
) -> tuple[list[Part], list[Part]]:
    """The pieces above and below a fraction bar; empty lists when it is a minus or an equals."""
    if _has_twin(bar, others, char_height):
        return [], []
    above = _side(bar, others, char_height, above=True)
    taken = {part.label for part in above}
    rest = [part for part in others if part.label not in taken]
    below = _side(bar, rest, char_height, above=False)
    if _are_dots(above, char_height) or _are_dots(below, char_height):
        return [], []
    return above, below


def _are_dots(parts: Sequence[Part], char_height: float) -> bool:
    return bool(parts) and all(
        part.rect.height < 0.35 * char_height and part.rect.width < 0.35 * char_height
        for part in parts
    )


def _has_twin(bar: Part, others: Sequence[Part], char_height: float) -> bool:
    """Whether another bar of like width runs close by, as in an equals sign."""
    for other in others:
        if other.label == bar.label or not other.is_flat:
            continue
        if other.rect.overlap_x(bar.rect) < 0.5 * bar.rect.width:
            continue
        ratio = other.rect.width / bar.rect.width
        gap = -other.rect.overlap_y(bar.rect)
        if not 0.55 < ratio < 1.8 or gap > min(0.9 * bar.rect.width, 1.0 * char_height):
            continue
        low, high = sorted((other.rect.centre_y, bar.rect.centre_y))
        between = [
            third
            for third in others
            if third is not other
            and low < third.rect.centre_y < high
            and third.rect.overlap_x(bar.rect) > 0.5 * third.rect.width
        ]
        if not between:
            return True
    return False


def _side(bar: Part, others: Sequence[Part], char_height: float, *, above: bool) -> list[Part]:
    """The row that hangs on one side of a bar, with bars and rows beyond it that nest in it."""

    def gap_to(edge: float, part: Part) -> float:
        return edge - part.rect.bottom if above else part.rect.top - edge

    edge = float(bar.rect.centre_y)
    reach = 0.72 * char_height
    pool = [
        part
        for part in others
        if part.rect.centre_x > bar.rect.left - 0.15 * char_height
        and part.rect.centre_x < bar.rect.right + 0.15 * char_height
        and part.rect.left > bar.rect.left - _overhang(part, char_height)
        and part.rect.right < bar.rect.right + _overhang(part, char_height)
        and gap_to(edge, part) > -0.35 * part.rect.height - 0.1 * char_height
    ]
    first = [
        part
        for part in pool
        if gap_to(edge, part) < reach and (part.rect.height > 0.3 * char_height or part.is_flat)
    ]
    if not first:
        return []
    claimed = {part.label: part for part in first}
    _absorb(claimed, pool, char_height)
    # A nested fraction: a bar at the far edge of the row brings the row beyond it.
    for _ in range(3):
        box = union(part.rect for part in claimed.values())
        far = float(box.top if above else box.bottom)
        bars = [
            part
            for part in pool
            if part.is_flat
            and (part.label in claimed or -0.2 * char_height < gap_to(far, part) < reach)
            and part.rect.width > 0.5 * char_height
            and not _has_twin(part, others, char_height)
        ]
        grown = False
        for inner in bars:
            beyond = [
                part
                for part in pool
                if part.label not in claimed
                and part.rect.overlap_x(inner.rect) > 0.4 * part.rect.width
                and -0.1 * char_height < gap_to(inner.rect.centre_y, part) < reach
            ]
            if beyond:
                claimed.setdefault(inner.label, inner)
                claimed.update((part.label, part) for part in beyond)
                _absorb(claimed, pool, char_height)
                grown = True
        if not grown:
            break
    side = list(claimed.values())
    if any(_sticks_out(part, bar, others, char_height) for part in side):
        return []
    return side


def _overhang(part: Part, char_height: float) -> float:
    """How far a piece may reach beyond a bar that holds its middle."""
    return (0.6 if part.rect.width < 1.2 * char_height else 0.3) * char_height


def _absorb(claimed: dict[int, Part], pool: Sequence[Part], char_height: float) -> None:
    """Add pieces of the same rows: those that share height with a claimed piece, and dots."""
    changed = True
    while changed:
        changed = False
        for part in pool:
            if part.label in claimed:
                continue
            for other in claimed.values():
                shared = part.rect.overlap_y(other.rect)
                same_row = shared > 0.3 * min(part.rect.height, other.rect.height)
                near = (
                    part.rect.height < 0.4 * char_height
                    and shared > -0.35 * char_height
                    and part.rect.overlap_x(other.rect) > -0.5 * char_height
                )
                beside = part.rect.left - other.rect.right
                raised = (
                    part.rect.height < 0.85 * char_height
                    and -0.3 * char_height < beside < 0.6 * char_height
                    and other.rect.top - 0.35 * char_height
                    < part.rect.bottom
                    < other.rect.top + 0.6 * other.rect.height
                )
                if same_row or near or raised:
                    claimed[part.label] = part
                    changed = True
                    break


def _sticks_out(part: Part, bar: Part, others: Sequence[Part], char_height: float) -> bool:
    """Whether a piece's row goes on beyond the bar: then the bar is a minus between two rows."""
    for other in others:
        beyond = (
            other.rect.centre_x < bar.rect.left - 0.15 * char_height
            or other.rect.centre_x > bar.rect.right + 0.15 * char_height
        )
        if not beyond or other.rect.height < 0.4 * char_height:
            continue
        shared = other.rect.overlap_y(part.rect)
        taller = max(other.rect.height, part.rect.height)
        gap = -other.rect.overlap_x(part.rect)
        straddles = other.rect.top < bar.rect.centre_y < other.rect.bottom
        if shared > 0.72 * taller and gap < 0.7 * char_height and not straddles:
            return True
    return False


def find_radicand(sign: Part, others: Sequence[Part], char_height: float) -> list[Part]:
    """What stands under a root sign; empty when `sign` is no root."""
    rect = sign.rect
    if rect.height < 0.8 * char_height or rect.width < 0.9 * char_height:
        return []
    if sign.area > 0.35 * rect.width * rect.height:
        return []
    held = [
        part
        for part in others
        if part.rect.left > rect.left + 0.1 * char_height
        and part.rect.centre_x < rect.right + 0.2 * char_height
        and part.rect.top > rect.top - 0.1 * rect.height
        and part.rect.centre_y < rect.bottom + 0.15 * char_height
        and part.rect.centre_y > rect.top
    ]
    if not held or sum(part.rect.width for part in held) < 0.2 * rect.width:
        return []
    box = union(part.rect for part in held)
    if box.left < rect.left + 0.12 * rect.width and box.width > 0.95 * rect.width:
        return []
    return held if sign.is_roofed else []
