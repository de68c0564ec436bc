"""What a student can do about a photo that will be hard to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

_ADVICE = {
    "blur": gettext_noop("This photo is blurred. Hold still and come closer."),
    "dark": gettext_noop("This photo is too dark. Turn on a light or go to a window."),
    "glare": gettext_noop("There is glare on the paper. Tilt the phone or turn off the flash."),
    "too_small": gettext_noop("The question is too small to read. Come closer."),
}


def quality_advice(quality: Mapping[str, Any]) -> list[dict[str, str]]:
    """Advice on each issue that the quality gate found, in its order, as `{"code", "advice"}`."""
    return [
        {"code": code, "advice": gettext(_ADVICE[code])}
        for issue in quality["issues"]
        if (code := _code_of(issue)) in _ADVICE
    ]


def _code_of(issue: str | Mapping[str, Any]) -> str:
    return issue if isinstance(issue, str) else str(issue["code"])
