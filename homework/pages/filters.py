"""The filters above the history, as links that keep the search."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATE_NAMES: dict[str, str | Promise] = {
    "": _("All"),
    "running": _("In progress"),
    "finished": _("Solved"),
    "failed": _("Not solved"),
    "stopped": _("Stopped"),
}


@dataclass(frozen=True, slots=True)
class StateFilter:
    """One link: its name, the query of its address, and whether it is what is shown."""

    name: str | Promise
    query: str
    is_current: bool


def state_filters(*, search: str, current: str) -> list[StateFilter]:
    """The links in their order; each keeps the search and begins at the first page."""
    return [
        StateFilter(name, _query(q=search, state=state), state == current)
        for state, name in STATE_NAMES.items()
    ]


def query_prefix(**values: str) -> str:
    """The given values as the beginning of a query, to be followed by one more."""
    query = _query(**values)
    return f"{query}&" if query else ""


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})
