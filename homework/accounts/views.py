"""Account pages: accepting an invitation, and for whom allauth's pages of the second step are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from homework.accounts.adapter import current_locale
from homework.accounts.forms import AcceptInvitationForm
from homework.accounts.mfa import mfa_is_on
from homework.accounts.models import User
from homework.accounts.services import invitation_get_open, teacher_accept_invitation
from homework.common.errors import (
    ConflictError,
    InvitationInvalidError,
    NotSignedInError,
    PermissionDeniedError,
)


def for_staff(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page of allauth's open for teachers and administrators only."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            raise NotSignedInError
        if user.role == User.Role.STUDENT and not user.may_administer:
            raise PermissionDeniedError(_("This page is for teachers."))
        return view(request, *args, **kwargs)

    return guarded


def for_staff_with_second_step(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let a page of allauth's open only for staff who have set up the second step."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not mfa_is_on(user=request.user):
            # As allauth answers on the other pages of what is not there.
            raise Http404
        return view(request, *args, **kwargs)

    return for_staff(guarded)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form behind an invitation's link; on success sign the new teacher in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="accept_invitation")
    if limited is not None:
        return limited
    try:
        response = _accept(request, token)
    except InvitationInvalidError as error:
        response = render(request, "account/invitation_invalid.html", status=error.http_status)
    # The address holds the secret: it must not travel on to other sites.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitation_get_open(token=token)
    form = AcceptInvitationForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            teacher = teacher_accept_invitation(
                token=token,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
                locale=current_locale(),
            )
        except ConflictError as error:
            form.add_error("username", str(error.message))
        else:
            if request.user.is_authenticated:
                get_adapter(request).logout(request)
            signed_in: HttpResponse = perform_login(
                request, teacher, email_verification=EmailVerificationMethod.NONE
            )
            return signed_in
    return render(
        request, "account/accept_invitation.html", {"form": form, "invitation": invitation}
    )
