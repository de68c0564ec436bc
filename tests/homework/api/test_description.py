"""The API's description: whole, with an example of everything, and as committed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import JsonResponse
from django.test import Client
from drf_spectacular.validation import validate_schema

from homework.accounts.models import User
from homework.api.problems import problem_response
from homework.api.schema.document import OPENAPI_FILE, as_yaml, openapi_document
from homework.api.schema.reference import reference
from homework.common.errors import AnswersHiddenError
from homework.settings import BASE_DIR
from tests.homework.api.contract import (
    check_answer,
    closed_document,
    escaped,
    followed,
    problems_of,
)

MADE_BY = "run `python manage.py describe_api` and look at what has changed"
PLAIN_TEXT = ("image/jpeg", "text/csv")
"""Content types whose examples would tell nothing."""


def operations() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each call: its name, what is said of it, and where."""
    for path, methods in closed_document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation, f"/paths/{escaped(path)}/{method}"


def contents() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Everything that has a content type: bodies and answers, errors among them."""
    for name, operation, pointer in operations():
        body = operation.get("requestBody", {"content": {}})
        places = [(f"{name} body", body, f"{pointer}/requestBody")]
        for status, response in operation["responses"].items():
            found, place = followed(response, f"{pointer}/responses/{status}")
            places.append((f"{name} {status}", found, place))
        for title, holder, place in places:
            for media_type, content in holder.get("content", {}).items():
                yield f"{title} {media_type}", content, f"{place}/content/{escaped(media_type)}"


def test_the_committed_document_is_what_the_code_says() -> None:
    assert OPENAPI_FILE.read_text() == as_yaml(openapi_document()), MADE_BY


def test_it_is_valid_openapi() -> None:
    assert openapi_document()["openapi"].startswith("3.1")
    validate_schema(openapi_document())


def test_every_call_says_what_it_does_and_how_it_succeeds() -> None:
    unsaid = [
        name
        for name, operation, _pointer in operations()
        if not operation.get("summary")
        or not any(status.startswith("2") for status in operation["responses"])
    ]
    assert not unsaid, "give these a docstring, and `@describe` with an Answer"


def test_every_body_and_answer_has_an_example() -> None:
    without = [
        title
        for title, content, _pointer in contents()
        if not content.get("examples") and not title.endswith(PLAIN_TEXT)
    ]
    assert not without, "give their Input or Output `examples`"


def test_every_example_is_as_its_schema_says() -> None:
    wrong = {
        f"{title} {name}": found
        for title, content, pointer in contents()
        for name, example in content.get("examples", {}).items()
        if "json" in title or "form" in title
        if (found := problems_of(f"{pointer}/schema", followed(example, "")[0]["value"]))
    }
    assert not wrong


def test_every_error_of_the_description_stands_in_the_documentation() -> None:
    text = (BASE_DIR / "docs" / "api.md").read_text()
    codes = {
        name.removeprefix("openai.")
        for name in openapi_document()["components"]["examples"]
        if name.removeprefix("openai.").islower() and "." not in name.removeprefix("openai.")
    }
    missing = sorted(code for code in codes if f"`{code}`" not in text)
    assert not missing, "tell of these in the table of errors of docs/api.md"


def test_an_id_is_given_once() -> None:
    ids = [operation["operationId"] for _name, operation, _pointer in operations()]
    assert len(ids) == len(set(ids))


class TestTheContractItself:
    """What holds every answer of these tests against the description."""

    def test_it_refuses_a_member_of_which_nothing_is_said(self) -> None:
        response = JsonResponse({"ticket": "x", "expires_in": 30, "colour": "red"}, status=201)
        with pytest.raises(AssertionError, match="colour"):
            check_answer("POST", "/api/v1/socket-tickets", response)

    def test_it_refuses_a_status_of_which_nothing_is_said(self) -> None:
        with pytest.raises(AssertionError, match="418"):
            check_answer("POST", "/api/v1/socket-tickets", JsonResponse({}, status=418))

    def test_it_refuses_a_code_of_which_nothing_is_said(self) -> None:
        with pytest.raises(AssertionError, match="answers_hidden"):
            check_answer("GET", "/api/v1/me", problem_response(AnswersHiddenError()))


@pytest.mark.django_db
class TestWhereItIsServed:
    def test_as_json_that_need_not_be_sent_twice(self, client: Client) -> None:
        first = client.get("/api/openapi.json")
        assert first.json() == openapi_document()
        again = client.get("/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_as_yaml(self, client: Client) -> None:
        answer = client.get("/api/openapi.yaml")
        assert answer.headers["Content-Type"] == "application/yaml"
        assert answer.content.decode() == OPENAPI_FILE.read_text()

    @pytest.mark.parametrize(("language", "word"), [("en", "Parameters"), ("zh-hans", "参数")])
    def test_as_a_page_that_shows_every_call_and_error(
        self, client: Client, language: str, word: str
    ) -> None:
        page = client.get("/api/docs/", headers={"Accept-Language": language}).content.decode()
        assert word in page
        for _name, operation, _pointer in operations():
            assert f'id="{operation["operationId"]}"' in page
        for error in reference().errors:
            assert f'id="error-{error.code}"' in page
        links = set(re.findall(r'href="#([^"]+)"', page))
        assert links <= set(re.findall(r'id="([^"]+)"', page)), "links that lead nowhere"

    def test_the_page_asks_no_other_host_for_anything(self, client: Client) -> None:
        page = client.get("/api/docs/").content.decode()
        asked = re.findall(r'(?:src|href|action)="([^"]*)"', page)
        assert asked
        assert [address for address in asked if "//" in address] == []

    def test_who_is_signed_in_stays_so_on_the_page(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        assert "/tokens/" in client.get("/api/docs/").content.decode()
