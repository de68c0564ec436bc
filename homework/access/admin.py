"""The support pages of access: a school's networks and quota, tokens and what came in with them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homework.access.models import ApiToken, DailyUse, SchoolAccess
from homework.access.networks import address_of, parse_networks
from homework.access.schools import school_access_set
from homework.accounts.admin import SupportAdmin
from homework.accounts.models import User


class NetworksField(forms.CharField):
    """One network a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        try:
            return [str(network) for network in parse_networks((value or "").splitlines())]
        except ValueError:
            raise forms.ValidationError(_("One of these is no network.")) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class SchoolAccessForm(forms.ModelForm):  # type: ignore[type-arg]
    networks = NetworksField(
        label=_("networks"),
        required=False,
        help_text=_("From which the school's people may come, one a line; none means any."),
    )

    class Meta:
        model = SchoolAccess
        fields = ("school", "networks", "questions_per_day")


@admin.register(SchoolAccess)
class SchoolAccessAdmin(SupportAdmin):
    form = SchoolAccessForm
    list_display = ("school", "questions_per_day", "networks")

    def save_model(self, request: HttpRequest, obj: SchoolAccess, form: Any, change: bool) -> None:
        school_access_set(
            school=obj.school,
            networks=obj.networks,
            questions_per_day=obj.questions_per_day,
            by=cast(User, request.user),
            address=address_of(request),
        )


@admin.register(ApiToken)
class ApiTokenAdmin(SupportAdmin):
    is_never_changed = True
    list_display = ("user", "name", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("user",)
    exclude = ("secret_sha256",)


@admin.register(DailyUse)
class DailyUseAdmin(SupportAdmin):
    """Usage by token and day."""

    is_never_changed = True
    list_display = ("day", "user", "token_name", "num_calls", "num_errors")
    list_select_related = ("user", "token")
    list_filter = ("day",)
    ordering = ("-day", "-num_calls")
    search_fields = ("user__username", "token__name")

    @admin.display(description=_("token"))
    def token_name(self, row: DailyUse) -> str:
        return row.token.name if row.token else gettext("signed in")
