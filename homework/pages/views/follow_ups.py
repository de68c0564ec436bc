"""What a student asks about a solution: asked and stopped; the solution's page shows it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from homework.common.failures import wants_json
from homework.pages.answers import for_signed_in, viewer_of
from homework.pipeline.disclosure import disclosed_snapshot, disclosure_for
from homework.pipeline.events import Event
from homework.pipeline.follow_ups import follow_up_stop, follow_up_submit
from homework.pipeline.following import live_snapshot
from homework.solutions.models import FollowUp


@require_POST
@for_signed_in
def ask(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Ask about a solution. A script is answered with what it shows: see `follow_up_values`."""
    viewer = viewer_of(request)
    follow_up = follow_up_submit(
        student=viewer, solution_id=solution_id, question=request.POST.get("question", "")
    )
    if not wants_json(request):
        return redirect(reverse("pages:solution", args=[solution_id]) + "#ask")
    disclosure = disclosure_for(viewer=viewer, solution=follow_up.solution)
    return JsonResponse(
        follow_up_values(disclosed_snapshot(live_snapshot(follow_up), disclosure)), status=201
    )


@require_POST
@for_signed_in
def stop(request: HttpRequest, solution_id: uuid.UUID, follow_up_id: uuid.UUID) -> HttpResponse:
    """Stop a follow-up, for a page whose socket is not open."""
    state = follow_up_stop(
        viewer=viewer_of(request), solution_id=solution_id, follow_up_id=follow_up_id
    )
    if wants_json(request):
        return JsonResponse({"state": state})
    return redirect(reverse("pages:solution", args=[solution_id]) + "#ask")


def follow_up_values(snapshot: Event) -> dict[str, Any]:
    """A follow-up as the page takes it: `{"snapshot", "socket", "stop_url", "is_over", "lines",
    "lang"}`; `snapshot` as it may be seen."""
    solution_id = snapshot["follow_up"]["solution_id"]
    return {
        "snapshot": snapshot,
        "socket": f"/ws/solutions/{solution_id}/follow-ups/{snapshot['id']}/",
        "stop_url": reverse("pages:follow_up_stop", args=[solution_id, snapshot["id"]]),
        "is_over": snapshot["state"] in FollowUp.TERMINAL,
        "lines": [line for line in snapshot["text"].splitlines() if line.strip()],
        "lang": "zh-hans" if snapshot["language"] == "zh" else "en",
    }
