"""Every address of the site, tried by everybody of the cast."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from homework.access.models import Scope
from homework.access.services import token_create
from homework.accounts.models import User
from tests.homework.permissions.matrix import PERSONS, Row, World


def all_rows() -> list[Row]:
    rows: list[Row] = []
    for path in sorted(Path(__file__).parent.glob("rows_*.py")):
        rows += importlib.import_module(f"{__package__}.{path.stem}").ROWS
    return rows


def names_of(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif pattern.app_name == "admin":
            continue  # Django's; who gets in is tested in accounts/test_admin.py
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern, inner)


def test_every_address_has_a_row() -> None:
    """Add a row to the area's `rows_*.py` when this fails."""
    addresses = set(names_of(get_resolver()))
    rows = {row.name for row in all_rows()}

    assert len(addresses) > 20
    assert addresses - rows == set()
    assert rows - addresses == set()


@pytest.mark.django_db
@pytest.mark.parametrize("row", all_rows(), ids=str)
def test_everybody_is_answered_as_the_row_says(row: Row, world: World) -> None:
    found = {}
    for name in PERSONS:
        # What a request changes is undone before the next person comes.
        with transaction.atomic():
            row.prepare(world)
            client = Client()
            headers = dict(row.headers)
            if name != "anonymous" and row.name.startswith("api:"):
                headers["Authorization"] = f"Bearer {token_of(world.person(name))}"
            elif name != "anonymous":
                client.force_login(world.person(name))
            url = reverse(row.name, args=row.args(world))
            response = client.generic(
                row.method, url, **request_body(client, row, world), headers=headers
            )
            wanted = row.answer_for(name)
            is_redirect = 300 <= response.status_code < 400
            place = response.headers.get("Location", "") if is_redirect else ""
            redirected = isinstance(wanted, str) and place.startswith(wanted)
            found[name] = wanted if redirected else (place or response.status_code)
            transaction.set_rollback(True)

    assert found == {name: row.answer_for(name) for name in PERSONS}


def token_of(person: User) -> str:
    """A personal access token that may all that the person may."""
    return token_create(user=person, name="matrix", scopes=Scope.values, days=1)[1]


def request_body(client: Client, row: Row, world: World) -> dict[str, object]:
    if row.method in {"GET", "HEAD"}:
        return {}
    if row.is_json:
        return {"data": json.dumps(row.data(world)), "content_type": "application/json"}
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return {
        "data": encode_multipart(BOUNDARY, row.data(world)),
        "content_type": MULTIPART_CONTENT,
    }
