"""Template filters for moments."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def ago(moment: datetime) -> str:
    """How long ago something was, roughly; after a week, the date."""
    passed = timezone.now() - moment
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(days=7):
        return _("%(span)s ago") % {"span": timesince(moment, depth=1)}
    return date(timezone.localtime(moment), "DATE_FORMAT")
