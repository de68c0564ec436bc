"""The forms in which a teacher says what a class sees of its solutions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homework.policy.models import Mode


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """A rule as a teacher chooses it."""

    mode: Mode
    name: str | Promise
    meaning: str | Promise


_MEANINGS: dict[Mode, str | Promise] = {
    Mode.FULL: _("Every step and the answer, as soon as they are there."),
    Mode.HINTS_FIRST: _(
        "One step at a time on request. The answer only after the student has entered one."
    ),
    Mode.HINTS_ONLY: _("What to do in each step, never a result. For the days before a deadline."),
    Mode.CLOSED: _("No new questions, and no solutions, not even earlier ones. For a test."),
}


def mode_choices() -> list[ModeChoice]:
    """The rules in their order, from the most to the least."""
    return [ModeChoice(mode, mode.label, _MEANINGS[mode]) for mode in Mode]


@cache
def time_zones() -> list[tuple[str, str]]:
    """The places of the world by which people know their time zone."""
    areas = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    names = sorted(
        name for name in available_timezones() if name.split("/")[0] in areas and "/" in name
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class WallClockField(forms.DateTimeField):
    """What a clock on a wall shows, without a time zone: which one is another field."""

    def to_python(self, value: Any) -> datetime | None:
        # UTC, where every time exists once; Django would take it for the site's own zone.
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None


class ModeForm(forms.Form):
    """The rule of a class."""

    mode = forms.ChoiceField(choices=Mode.choices)


class WindowForm(forms.Form):
    """A time at which another rule holds, by the clock on a wall."""

    mode = forms.ChoiceField(choices=Mode.choices, label=_("Rule"), initial=Mode.HINTS_ONLY)
    starts_at = WallClockField(
        label=_("From"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = WallClockField(
        label=_("Until"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    time_zone = forms.ChoiceField(choices=time_zones, label=_("Time zone"))
