"""Who asks for a page. How expected failures are answered is for `common.failures` alone.

A guard lets a role in; whether this person may see this class or this student is for the
selectors of `accounts`, which every view asks with the ids from its address.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import (
    AppError,
    NotFoundError,
    NotSignedInError,
    PermissionDeniedError,
)
from homework.common.failures import wants_json

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def viewer_of(request: HttpRequest) -> User:
    """The person who is signed in; only within a view that `for_signed_in` guards."""
    return cast(User, request.user)


def for_signed_in(view: View[P]) -> View[P]:
    """Guard a view: only for people who are signed in. Others are asked to."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            raise NotSignedInError
        return view(request, *args, **kwargs)

    return guarded


def for_teachers(view: View[P]) -> View[P]:
    """Guard a view of the teachers' area: only for teachers who are signed in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if viewer_of(request).role != User.Role.TEACHER:
            raise PermissionDeniedError(_("This page is for teachers."))
        return view(request, *args, **kwargs)

    return for_signed_in(guarded)


def for_administrators(view: View[P]) -> View[P]:
    """Guard a view of the school's administration."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not viewer_of(request).may_administer:
            raise PermissionDeniedError(_("This page is for administrators of the school."))
        return view(request, *args, **kwargs)

    return for_signed_in(guarded)


def for_staff(view: View[P]) -> View[P]:
    """Guard a view that teachers and administrators share."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        viewer = viewer_of(request)
        if viewer.role != User.Role.TEACHER and not viewer.may_administer:
            raise PermissionDeniedError(_("This page is for teachers."))
        return view(request, *args, **kwargs)

    return for_signed_in(guarded)


def carry_out(
    request: HttpRequest, change: Callable[[], object], *, success: str, url: str
) -> HttpResponse:
    """Make a change and go on to `url`; what was wrong with it is told there, too.

    A program gets the failure itself, and so does everybody for whom there is nothing here.
    """
    try:
        change()
    except AppError as error:
        if isinstance(error, NotFoundError) or wants_json(request):
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, success)
    return redirect(url)
