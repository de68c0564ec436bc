"""A school's people: found, deactivated, given passwords; teachers invited."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Lower, Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homework.accounts.mfa import mfa_is_on, mfa_reset
from homework.accounts.models import Consent, Invitation, School, User
from homework.accounts.passwords import passwords_give
from homework.accounts.people import consent_record, person_delete, person_set_active
from homework.accounts.selectors import people_of_school, school_get_administered
from homework.accounts.services import invitation_withdraw, teacher_invite
from homework.common.errors import InvalidInputError, NotFoundError
from homework.common.failures import wants_json
from homework.pages.answers import carry_out, for_administrators, viewer_of
from homework.pages.filters import query_prefix
from homework.pages.teaching_forms import InviteForm, PeopleSearch

PAGE_SIZE = 50


@require_safe
@for_administrators
def people(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show the school's people, found by words and role."""
    school = school_get_administered(viewer=viewer_of(request), school_id=school_id)
    form = PeopleSearch(request.GET)
    form.is_valid()
    search, role = form.cleaned_data.get("q", ""), form.cleaned_data.get("role", "")
    found = people_of_school(school=school, search=search, role=role).order_by(
        Lower("last_name"), Lower("first_name"), Lower("username")
    )
    return render(
        request,
        "school/people.html",
        {
            "school": school,
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "search": search,
            "role": role,
            "roles": [("", _("All")), *User.Role.choices],
            "query": query_prefix(q=search, role=role),
            "search_query": query_prefix(q=search),
        },
    )


@require_safe
@for_administrators
def person(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Show one person and what can be done about the account. Nobody's questions are here."""
    _by, school, found = _person(request, school_id, user_id)
    consent = (
        Consent.objects.filter(student=found, purpose=Consent.Purpose.TRAINING)
        .order_by("-pk")
        .first()
    )
    return render(
        request,
        "school/person.html",
        {
            "school": school,
            "person": found,
            "classrooms": found.classrooms.filter(school=school).order_by(Lower("name"), "pk"),
            "consent": consent,
            "has_mfa": mfa_is_on(user=found),
            "is_fixed": found.may_administer or found.role == User.Role.ADMIN,
        },
    )


@require_POST
@for_administrators
def person_active(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Deactivate an account (`active=0`) or activate it (`active=1`)."""
    by, school, found = _person(request, school_id, user_id)
    value = request.POST.get("active")
    if value not in {"0", "1"}:
        raise InvalidInputError
    is_active = value == "1"
    return carry_out(
        request,
        lambda: person_set_active(by=by, person=found, is_active=is_active),
        success=_("The account is active again.") if is_active else _("The account is shut."),
        url=reverse("school:people_one", args=[school.pk, found.pk]),
    )


@require_POST
@for_administrators
def person_password(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Give a student a one-time password. Teachers reset theirs by e-mail."""
    by, school, found = _person(request, school_id, user_id)
    if found.role != User.Role.STUDENT:
        raise InvalidInputError(_("Teachers reset their password by e-mail."))
    slips = passwords_give(by=by, people=[found], school=school)
    response = render(
        request,
        "school/slip.html",
        {
            "school": school,
            "person": found,
            "slips": slips,
            "address": request.build_absolute_uri(reverse("account_login")),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@for_administrators
def person_mfa(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Take the second step off the sign-in of a teacher who has lost the phone and the codes."""
    by, school, found = _person(request, school_id, user_id)
    return carry_out(
        request,
        lambda: mfa_reset(by=by, person=found),
        success=_("The password alone is enough now."),
        url=reverse("school:people_one", args=[school.pk, found.pk]),
    )


@require_POST
@for_administrators
def person_consent(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Record what a family has decided on the training of the model (`given=1` or `given=0`)."""
    by, school, found = _person(request, school_id, user_id)
    value = request.POST.get("given")
    if value not in {"0", "1"}:
        raise InvalidInputError
    return carry_out(
        request,
        lambda: consent_record(
            by=by, student=found, purpose=Consent.Purpose.TRAINING, is_given=value == "1"
        ),
        success=_("Recorded."),
        url=reverse("school:people_one", args=[school.pk, found.pk]),
    )


@require_POST
@for_administrators
def person_remove(request: HttpRequest, school_id: int, user_id: int) -> HttpResponse:
    """Delete an account; its username is typed to confirm."""
    by, school, found = _person(request, school_id, user_id)
    username = request.POST.get("username", "")
    try:
        person_delete(by=by, person=found, username=username)
    except InvalidInputError as error:
        if wants_json(request):
            raise
        messages.error(request, str(error.message))
        return redirect("school:people_one", school.pk, found.pk)
    messages.success(request, _("The account and everything asked under it are deleted."))
    return redirect("school:people", school.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def invitations(request: HttpRequest, school_id: int) -> HttpResponse:
    """Invite a teacher; show the invitations that are open."""
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    form = InviteForm(request.POST) if request.method == "POST" else InviteForm()
    if form.is_valid():
        try:
            sent = teacher_invite(by=viewer, email=form.cleaned_data["email"], school=school)
        except InvalidInputError as error:
            form.add_error("email", str(error.message))
        else:
            messages.success(request, _("Sent an invitation to %(email)s.") % {"email": sent.email})
            return redirect("school:invitations", school.pk)
    unused = Invitation.objects.filter(school=school, accepted_at=None).select_related("invited_by")
    return render(
        request,
        "school/invitations.html",
        {
            "school": school,
            "form": form,
            "open_ones": unused.filter(expires_at__gt=Now()).order_by("-pk"),
            "accepted": Invitation.objects.filter(school=school)
            .exclude(accepted_at=None)
            .order_by("-accepted_at")[:20],
        },
        status=422 if form.errors else 200,
    )


@require_POST
@for_administrators
def invitation_again(request: HttpRequest, school_id: int, invitation_id: int) -> HttpResponse:
    """Send a new link to the same address; the old one ends."""
    by, school, found = _invitation(request, school_id, invitation_id)
    return carry_out(
        request,
        lambda: teacher_invite(by=by, email=found.email, school=school),
        success=_("Sent an invitation to %(email)s.") % {"email": found.email},
        url=reverse("school:invitations", args=[school.pk]),
    )


@require_POST
@for_administrators
def invitation_end(request: HttpRequest, school_id: int, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    by, school, found = _invitation(request, school_id, invitation_id)
    return carry_out(
        request,
        lambda: invitation_withdraw(by=by, invitation=found),
        success=_("The invitation is withdrawn."),
        url=reverse("school:invitations", args=[school.pk]),
    )


def _person(request: HttpRequest, school_id: int, user_id: int) -> tuple[User, School, User]:
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    found = people_of_school(school=school).filter(pk=user_id).first()
    if found is None:
        raise NotFoundError
    return viewer, school, found


def _invitation(
    request: HttpRequest, school_id: int, invitation_id: int
) -> tuple[User, School, Invitation]:
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    found = Invitation.objects.filter(school=school, pk=invitation_id).first()
    if found is None:
        raise NotFoundError
    return viewer, school, found
