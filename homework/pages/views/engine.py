"""How the engine fares: for Prometheus, and as a live panel for administrators."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from homework.common.errors import NotFoundError
from homework.pages.answers import for_administrators
from homework.pages.words import panel_words
from homework.pipeline.metrics import exposition
from homework.pipeline.metrics import panel as panel_numbers


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters in the text format of Prometheus, for whoever may ask.

    With HH_METRICS_TOKEN that is who sends it as bearer token. Without one it is this machine,
    unless a proxy stands in front, for which everybody comes from here. To all others there is
    nothing here.
    """
    if not _may_scrape(request):
        raise NotFoundError
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), token.encode())
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or any(
        name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via")
    ):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
@for_administrators
def panel(request: HttpRequest) -> HttpResponse:
    """Show the panel, with the numbers of this moment; its script asks for the next ones."""
    return render(
        request, "pages/engine.html", {"numbers": panel_numbers(), "words": panel_words()}
    )


@never_cache
@require_safe
@for_administrators
def numbers(request: HttpRequest) -> JsonResponse:
    """The numbers of this moment."""
    return JsonResponse(panel_numbers())
