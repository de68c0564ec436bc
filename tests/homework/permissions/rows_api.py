"""What programs may do: everybody comes with a token of their own, nobody with none."""

from __future__ import annotations

from tests.homework.permissions.matrix import Row
from tests.homework.permissions.rows_site import (
    EVERYBODY,
    SIGNED_IN,
    follow_up_args,
    photo_args,
    solution_args,
)

OWN = {SIGNED_IN: 200, "anonymous": 401}
THEIRS = {"alice terry": 200, "bob charlie dora tina ada": 404, "anonymous": 401}
"""A thing of alice's: she and her teacher see it."""
NOTHING_SENT = {SIGNED_IN: 422, "anonymous": 401}
ONLY_ALICE = {"alice": 202, "bob charlie terry dora tina ada": 404, "anonymous": 401}
ONLY_ALICE_STOPS = {
    "alice": 200,
    "terry": 403,
    "bob charlie dora tina ada": 404,
    "anonymous": 401,
}
SENT_AS_FORM = {SIGNED_IN: 415, "anonymous": 401}


ROWS = [
    # Nothing is sent, or not as JSON; it is refused whoever sends it.
    Row("api:login", {EVERYBODY: 415}, method="POST"),
    Row("api:second_factor", {EVERYBODY: 415}, method="POST"),
    Row("api:refresh", {EVERYBODY: 415}, method="POST"),
    # A personal access token is revoked, not signed out.
    Row("api:session", {SIGNED_IN: 403, "anonymous": 401}, method="DELETE"),
    Row("api:me", OWN),
    Row("api:usage", OWN),
    Row("api:socket_tickets", {SIGNED_IN: 415, "anonymous": 401}, method="POST"),
    Row("api:photos", OWN),
    Row("api:photos", NOTHING_SENT, method="POST"),
    Row("api:photo", THEIRS, args=photo_args),
    Row("api:image", THEIRS, args=photo_args),
    Row("api:thumbnail", THEIRS, args=photo_args),
    Row("api:location", THEIRS, args=photo_args),
    Row("api:solutions", OWN),
    Row("api:solutions", NOTHING_SENT, method="POST"),
    Row("api:solution", THEIRS, args=solution_args),
    Row("api:events", THEIRS, args=solution_args),
    # Only who asked may stop it; it has ended already.
    Row(
        "api:stop",
        ONLY_ALICE_STOPS,
        method="POST",
        args=solution_args,
    ),
    Row("api:retry", ONLY_ALICE, method="POST", args=solution_args),
    Row(
        "api:corrections",
        SENT_AS_FORM,
        method="POST",
        args=solution_args,
    ),
    Row("api:follow_ups", THEIRS, args=solution_args),
    *(
        Row(f"api:{name}", SENT_AS_FORM, method="POST", args=solution_args)
        for name in ("follow_ups", "reports", "steps", "attempts")
    ),
    Row("api:follow_up", THEIRS, args=follow_up_args),
    Row("api:follow_up_events", THEIRS, args=follow_up_args),
    Row("api:follow_up_stop", ONLY_ALICE_STOPS, method="POST", args=follow_up_args),
    Row("api:attempts", ONLY_ALICE | {"alice": 200}, args=solution_args),
    # Nothing is hidden from her.
    Row("api:answer", ONLY_ALICE_STOPS, method="POST", args=solution_args),
    # Sent as a form, which neither takes.
    Row("api:predict", {SIGNED_IN: 415, "anonymous": 401}, method="POST"),
    Row("api:models", OWN),
    Row("api:chat_completions", {SIGNED_IN: 415, "anonymous": 401}, method="POST"),
    Row("api:openapi_json", {EVERYBODY: 200}),
    Row("api:openapi_yaml", {EVERYBODY: 200}),
    Row("api:asyncapi_yaml", {EVERYBODY: 200}),
    Row("api_reference", {EVERYBODY: 200}),
    Row("api:nothing", {EVERYBODY: 404}, args=lambda world: ("x",)),
    Row("api:nothing_v1", {EVERYBODY: 404}, args=lambda world: ("x",)),
]
