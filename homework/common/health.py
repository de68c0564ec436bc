"""Whether the process is alive and whether it can take questions, for whoever watches over it.

The parts of readiness that belong to higher layers are told to this module by the process that
has them; a process that has none is never ready.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

Probe = Callable[[], bool]

PARTS = ("engine", "queue", "not_draining")
"""What must be told by `watch` before a process is ready; the database is asked here."""

_probes: dict[str, Probe] = {}
_engines: Callable[[], dict[str, str]] | None = None


def watch(*, engines: Callable[[], dict[str, str]] | None = None, **probes: Probe) -> None:
    """Ask these functions for the parts of readiness from now on. They may be called any time.

    Args:
        engines: The state of each engine, most wanted first; all but `ready` are told as degraded.
        **probes: By the names in PARTS.
    """
    global _engines
    unknown = set(probes) - set(PARTS)
    if unknown:
        raise ValueError(f"no parts of readiness: {sorted(unknown)}")
    _probes.update(probes)
    _engines = engines


def unwatch() -> None:
    """Forget all that `watch` was told."""
    global _engines
    _probes.clear()
    _engines = None


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing else, so that a slow database restarts nobody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part that a question needs, and 503 while one is missing.

    `degraded` is a process that answers, but not with the engine that it should: the model is still
    being loaded, or no model server can be reached. An engine that has died is a missing part, so
    that whoever balances over several processes prefers the others; this one answers meanwhile.
    """
    parts = {"database": _has_database()}
    # Without a database nothing else can be asked of it.
    for name in PARTS:
        probe = _probes.get(name)
        parts[name] = parts["database"] and probe is not None and _ask(name, probe)
    is_ready = all(parts.values())
    engines = _engines() if _engines is not None else {}
    is_degraded = any(state != "ready" for state in engines.values())
    status = "degraded" if is_degraded else "ready"
    return JsonResponse(
        {"status": status if is_ready else "not_ready", "parts": parts, "engines": engines},
        status=200 if is_ready else 503,
    )


def _ask(name: str, probe: Probe) -> bool:
    try:
        return probe()
    except Exception as error:
        logger.error("probe failed", extra={"part": name, "error": type(error).__name__})
        return False


def _has_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False
