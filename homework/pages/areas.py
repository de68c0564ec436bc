"""The areas of the site beyond the student's page, and the links that lead through each.

A link appears as soon as an address of its name exists and its person may use it, so that a part
of an area is added by its address alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an area.

    Attributes:
        url_name: Of its first page.
        name: What people call it.
        icon: In static/img/icons.svg.
        pages: Beginnings of the names of all its pages; on these the link is marked as current.
        counts_unread: Whether the number of what is new stands on it.
    """

    url_name: str
    name: str | Promise
    icon: str
    pages: tuple[str, ...]
    counts_unread: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A section as it stands on a page."""

    url: str
    name: str | Promise
    icon: str
    is_current: bool
    counts_unread: bool = False


TEACHING: tuple[Section, ...] = (
    Section("teach:queue", _("Queue"), "inbox", ("teach:queue", "teach:review"), True),
    Section("teach:classes", _("Classes"), "people", ("teach:class",)),
    Section("teach:live", _("Live"), "live", ("teach:live",)),
    Section("teach:insight", _("Insight"), "chart", ("teach:insight",)),
)
SCHOOL: tuple[Section, ...] = (
    Section("school:people", _("People"), "people", ("school:people", "school:invit")),
    Section("school:classes", _("Classes"), "board", ("school:class", "teach:class")),
    Section("school:log", _("Log"), "list", ("school:log",)),
    Section("school:usage", _("Usage"), "chart", ("school:usage",)),
    Section("school:settings", _("Settings"), "gear", ("school:settings",)),
)


def area_links(*, viewer: User, request: HttpRequest, school_id: int | None) -> list[Link]:
    """The links of the area that `viewer` works in; none for students.

    Args:
        viewer: Who is signed in.
        request: The page on which they stand.
        school_id: The school that an administrator looks at.
    """
    match = request.resolver_match
    current = match.view_name if match else ""
    if viewer.role == User.Role.TEACHER:
        sections, args = TEACHING, []
    elif viewer.may_administer and school_id is not None:
        sections, args = SCHOOL, [school_id]
    else:
        return []
    links = []
    for section in sections:
        try:
            url = reverse(section.url_name, args=args)
        except NoReverseMatch:
            continue
        links.append(
            Link(
                url,
                section.name,
                section.icon,
                current.startswith(section.pages),
                section.counts_unread,
            )
        )
    return links


def teaching_start() -> str:
    """Where a teacher begins: the first section there is."""
    for section in TEACHING:
        try:
            return reverse(section.url_name)
        except NoReverseMatch:
            continue
    raise NoReverseMatch("the teachers' area has no page")
