"""What everybody may open: the site itself, accounts, a student's own pages."""

from __future__ import annotations

from homework.access.models import Scope
from homework.access.services import token_create
from tests.homework.permissions.matrix import LOGIN, Answer, Row, World

EVERYBODY = "alice bob charlie terry dora tina ada anonymous"
SIGNED_IN = "alice bob charlie terry dora tina ada"
STUDENTS = "alice bob charlie"
TEACHERS = "terry dora tina"

THEIRS = {"alice terry": 200, "bob charlie dora tina ada": 404}
"""A thing of alice's: she and her teacher see it, to all others it is not there."""


def photo_args(world: World) -> tuple[object]:
    return (world.photo.id,)


def follow_up_args(world: World) -> tuple[object, ...]:
    return (world.solution.pk, world.follow_up.pk)


def solution_args(world: World) -> tuple[object]:
    return (world.solution.id,)


def key_args(world: World) -> tuple[object]:
    return ("nonsense",)


def token_args(world: World) -> tuple[object]:
    """A new token of alice's."""
    token, _secret = token_create(user=world.people.alice, name="x", scopes=Scope.values, days=1)
    return (token.pk,)


STAFF_ACCOUNT: dict[str, Answer] = {f"{TEACHERS} ada": 200, STUDENTS: 403, "anonymous": LOGIN}


def second_step(answer: Answer) -> dict[str, Answer]:
    """A page of the second step; nobody has one in this test."""
    return STAFF_ACCOUNT | {f"{TEACHERS} ada": answer}


HOME_INSTEAD = {SIGNED_IN: "/", "anonymous": 200}

ROWS = [
    # It has an end and a follow-up that was answered; she may ask again.
    Row(
        "pages:ask",
        {
            "alice": "/solutions/",
            "terry": 403,
            "bob charlie dora tina ada": 404,
            "anonymous": LOGIN,
        },
        method="POST",
        args=solution_args,
        data=lambda world: {"question": "Why?"},
    ),
    Row(
        "pages:follow_up_stop",
        {
            "alice": "/solutions/",
            "terry": 403,
            "bob charlie dora tina ada": 404,
            "anonymous": LOGIN,
        },
        method="POST",
        args=follow_up_args,
    ),
    Row("healthz", {EVERYBODY: 200}),
    # No engine runs in this test.
    Row("readyz", {EVERYBODY: 503}),
    # The test comes from this machine.
    Row("metrics", {EVERYBODY: 200}),
    Row("engine:panel", {"ada": 200, f"{STUDENTS} {TEACHERS}": 403, "anonymous": LOGIN}),
    Row("engine:numbers", {"ada": 200, f"{STUDENTS} {TEACHERS}": 403, "anonymous": LOGIN}),
    Row("account_login", HOME_INSTEAD),
    Row("account_logout", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row("account_inactive", {EVERYBODY: 200}),
    Row("account_signup", HOME_INSTEAD),
    Row("account_email_verification_sent", {EVERYBODY: 200}),
    Row("account_confirm_email", {EVERYBODY: 200}, args=key_args),
    Row("account_change_password", {SIGNED_IN: "/accounts/password/set/", "anonymous": LOGIN}),
    Row("account_set_password", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row("account_reset_password", {EVERYBODY: 200}),
    Row("account_reset_password_done", {EVERYBODY: 200}),
    Row("account_reset_password_from_key", {EVERYBODY: 200}, args=lambda world: ("a", "b")),
    Row("account_reset_password_from_key_done", {EVERYBODY: 200}),
    Row("account_accept_invitation", {EVERYBODY: 410}, args=key_args),
    # Nobody has a password to be asked for, nor has just signed in.
    Row("account_reauthenticate", {SIGNED_IN: 403, "anonymous": LOGIN}),
    Row("mfa_index", second_step(200)),
    Row("mfa_authenticate", {SIGNED_IN: "/", "anonymous": LOGIN}),
    Row("mfa_reauthenticate", {SIGNED_IN: 403, "anonymous": LOGIN}),
    Row("mfa_activate_totp", second_step(200)),
    Row("mfa_deactivate_totp", second_step(404)),
    Row("mfa_view_recovery_codes", second_step(404)),
    Row("mfa_generate_recovery_codes", second_step(404)),
    Row("mfa_download_recovery_codes", second_step(404)),
    Row("uploads:photo", THEIRS | {"anonymous": 404}, args=photo_args),
    Row("uploads:thumbnail", THEIRS | {"anonymous": 404}, args=photo_args),
    Row("pages:home", {f"{STUDENTS} ada": 200, TEACHERS: "/teach/", "anonymous": LOGIN}),
    # Nothing is sent, which is refused after it was asked who is there.
    Row("pages:upload", {SIGNED_IN: 422, "anonymous": LOGIN}, method="POST"),
    # No engine runs in this test, so nobody finds anything on it.
    Row("pages:locate", THEIRS | {"anonymous": LOGIN}, method="POST", args=photo_args),
    Row("pages:history", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row("pages:history", {SIGNED_IN: 422, "anonymous": LOGIN}, method="POST"),
    Row("pages:solution", THEIRS | {"anonymous": LOGIN}, args=solution_args),
    # Only who asked may stop it; it has ended, and there is a page to go back to.
    Row(
        "pages:stop",
        {
            "alice": "/solutions/",
            "terry": 403,
            "bob charlie dora tina ada": 404,
            "anonymous": LOGIN,
        },
        method="POST",
        args=solution_args,
    ),
    Row("pages:preview", {SIGNED_IN: 200, "anonymous": LOGIN}, method="POST"),
    Row("pages:classes", {STUDENTS: 200, f"{TEACHERS} ada": 403, "anonymous": LOGIN}),
    Row(
        "pages:classes",
        {STUDENTS: 422, f"{TEACHERS} ada": 403, "anonymous": LOGIN},
        method="POST",
        data=lambda world: {"join_code": "NOSUCHCODE"},
    ),
    Row("pages:set_language", {EVERYBODY: "/"}, method="POST"),
    Row("pages:tokens", {SIGNED_IN: 200, "anonymous": LOGIN}),
    Row("pages:tokens", {SIGNED_IN: 422, "anonymous": LOGIN}, method="POST"),
    Row(
        "pages:revoke_token",
        {"alice": "/tokens/", "bob charlie terry dora tina ada": 404, "anonymous": LOGIN},
        method="POST",
        args=lambda world: (
            token_create(user=world.people.alice, name="x", scopes=Scope.values, days=1)[0].pk,
        ),
    ),
    Row("pages:manifest", {EVERYBODY: 200}),
    Row("pages:favicon", {EVERYBODY: "/static/"}),
]
