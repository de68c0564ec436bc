"""The links of the teachers' and the administrators' areas, for the frame of the pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from homework.accounts.models import User
from homework.pages.areas import area_links

register = template.Library()


@register.inclusion_tag("pages/area_nav.html", takes_context=True)
def area_nav(context: Context) -> dict[str, Any]:
    """The links for whoever looks at this page; a page may set `school` to say which it is of."""
    request = context.get("request")
    viewer = getattr(request, "user", None)
    if request is None or not isinstance(viewer, User):
        return {"links": []}
    school = context.get("school")
    school_id = school.pk if school is not None else viewer.school_id
    return {"links": area_links(viewer=viewer, request=request, school_id=school_id)}
