"""The training export as a download, for administrators of the school."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.selectors import school_get_administered
from homework.export.archive import zip_stream
from homework.export.corrections import ExportSummary, export_corrections
from homework.pages.answers import for_administrators, viewer_of


@require_POST
@for_administrators
def export(request: HttpRequest, school_id: int) -> HttpResponse:
    """Send the ZIP while it is being made."""
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    # Refused before anything is sent, where the school does not allow it.
    files = export_corrections(school=school, summary=ExportSummary())
    audit_record(actor=viewer, action=AuditAction.EXPORT_MADE, target=school, school=school)
    name = f"corrections-{timezone.localdate().isoformat()}.zip"
    response = StreamingHttpResponse(_in_thread(zip_stream(files)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, each made in the thread for the database: Django would collect all that a
    plain iterator yields before it sends the first."""
    take = sync_to_async(lambda: next(pieces, None))
    while (piece := await take()) is not None:
        yield piece
