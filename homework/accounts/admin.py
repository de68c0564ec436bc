"""The support pages: Django's administration for who runs the site, to look and not to touch.

Schools are administered on the pages under /schools/. Here everything is read-only, until a
superuser allows changes for a quarter of an hour; each change is in the log of its school.
Students' photos and solutions are not here: support is no reason to read homework.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import allauth.account.admin
import allauth.mfa.admin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from homework.accounts.admin_site import changes_are_allowed
from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import (
    AuditEvent,
    Classroom,
    Consent,
    Invitation,
    Membership,
    School,
    User,
)


class SupportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at; to change while changes are allowed. Who gets here is for the site."""

    is_never_changed: ClassVar[bool] = False
    """Whether rows stay as they are even while changes are allowed."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_writable(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_writable(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_writable(request)

    def _is_writable(self, request: HttpRequest) -> bool:
        return not self.is_never_changed and changes_are_allowed(request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self._record(request, row, "deleted")
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, row: Model, what: str, message: Any = None) -> None:
        changed = message if isinstance(message, list) else []
        fields = [name for part in changed for name in part.get("changed", {}).get("fields", [])]
        audit_record(
            actor=cast(User, request.user),
            action=AuditAction.SUPPORT_CHANGED,
            target=row,
            # A school that is deleted takes its log with it.
            school=row if isinstance(row, School) and what != "deleted" else None,
            detail={"what": what, "fields": [str(name) for name in fields]},
        )


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)
    verbose_name = _("member")
    verbose_name_plural = _("members")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return changes_are_allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # a membership is made or ended, not edited

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return changes_are_allowed(request)


@admin.register(School)
class SchoolAdmin(SupportAdmin):
    list_display = ("name", "requires_mfa", "allows_training_export", "created_at")
    search_fields = ("name",)


@admin.register(Classroom)
class ClassroomAdmin(SupportAdmin):
    list_display = ("name", "school", "join_code", "is_open", "archived_at", "created_at")
    list_filter = ("is_open", "school")
    search_fields = ("name", "join_code")
    readonly_fields = ("join_code",)
    inlines = (MembershipInline,)


@admin.register(User)
class UserAdmin(SupportAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "role", "school", "is_active", "last_login")
    list_filter = ("role", "is_active", "school")
    search_fields = ("username", "email")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("email", "first_name", "last_name", "locale")}),
        (_("Place"), {"fields": ("role", "school", "is_active", "must_change_password")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )


@admin.register(Invitation)
class InvitationAdmin(SupportAdmin):
    """Sent and withdrawn on the school's pages, where the mail is sent, too."""

    is_never_changed = True
    list_display = ("email", "school", "invited_by", "created_at", "expires_at", "accepted_at")
    list_filter = ("school",)
    search_fields = ("email",)
    fields = list_display


@admin.register(Consent)
class ConsentAdmin(SupportAdmin):
    is_never_changed = True
    list_display = ("school", "student", "purpose", "is_given", "recorded_by", "created_at")
    list_filter = ("purpose", "is_given", "school")


@admin.register(AuditEvent)
class AuditEventAdmin(SupportAdmin):
    is_never_changed = True
    list_display = ("created_at", "actor_name", "action", "target_name", "school", "request_id")
    list_filter = ("action", "school")
    search_fields = ("actor_name", "target_name", "request_id")


# Groups grant nothing here; addresses and second steps are kept by allauth's flows.
assert allauth.account.admin  # imported above so that there is something to unregister
assert allauth.mfa.admin
admin.site.unregister([Group, EmailAddress, Authenticator])
