"""The door of the support pages: for who runs the site, through the site's own sign-in."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

CHANGES_ALLOWED_S: Final = 15 * 60
_ALLOWED_UNTIL: Final = "support_changes_until"


def changes_are_allowed(request: HttpRequest) -> bool:
    """Whether this superuser has allowed changes in this session, and it is not long ago."""
    return bool(
        getattr(request.user, "is_superuser", False)
        and time.time() < request.session.get(_ALLOWED_UNTIL, 0)
    )


class SupportSite(AdminSite):
    """Opens for superusers and for administrators of all schools, whatever `is_staff` says."""

    site_header = _("Homework Helper: support")
    site_title = _("Support")
    index_title = _("Every school")
    index_template = "admin/support_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return not isinstance(user, AnonymousUser) and (
            user.may_administer and (user.is_superuser or user.school_id is None)
        )

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people to the one sign-in page, which is rate limited; Django's own is not."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.get_full_path())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        unlock = self.admin_view(require_POST(self.allow_changes))
        return [path("allow-changes/", unlock, name="allow_changes"), *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        until = request.session.get(_ALLOWED_UNTIL, 0)
        return super().each_context(request) | {
            "may_allow_changes": request.user.is_superuser,
            "changes_allowed_until": datetime.fromtimestamp(until, timezone.get_current_timezone())
            if changes_are_allowed(request)
            else None,
        }

    def allow_changes(self, request: HttpRequest) -> HttpResponse:
        """Begin the quarter of an hour."""
        if not request.user.is_superuser:
            raise PermissionDenied
        request.session[_ALLOWED_UNTIL] = time.time() + CHANGES_ALLOWED_S
        return redirect("admin:index")
