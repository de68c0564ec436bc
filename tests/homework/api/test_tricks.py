"""Methods, addresses and content types that nobody should send, and the problem each is."""

from __future__ import annotations

import pytest

from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "BREW"])
def test_a_method_that_an_address_does_not_take_is_told_so_whatever_its_parameters(
    api: Api, method: str
) -> None:
    response = api(method, "/api/v1/solutions?wait=3&colour=red")
    assert (response.status_code, problem(response)["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/api/v1/photos", "/api/v1/solutions"])
def test_a_field_that_is_not_there_is_refused_where_there_is_no_row_either(
    api: Api, path: str
) -> None:
    response = api.get(f"{path}?fields=id,colour")
    assert response.status_code == 422
    assert problem(response)["errors"][0]["field"] == "fields"


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/solutions/",
        "/api/v1/solutions/1",
        "/api/v1/../v1/me",
        "/api/v1/%2e%2e/me",
        "/api/v1/me%00",
        "/api//v1/me",
        "/api/docs",
    ],
)
def test_an_address_that_is_not_there_is_a_problem(api: Api, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, problem(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/jsonp", ""])
def test_a_content_type_that_an_address_does_not_take_is_a_problem(
    api: Api, content_type: str
) -> None:
    response = api.client.generic(
        "POST",
        "/api/v1/solutions",
        data=b'{"question": "1 + 1"}',
        content_type=content_type,
        headers=api.headers,
    )
    assert (response.status_code, problem(response)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["", "/members/{}", "/policy", "/insight"])
def test_a_key_larger_than_any_is_not_there(people: People, path: str) -> None:
    huge = 2**64 + 1
    classroom = people.terry.classrooms.get().pk if path.endswith("{}") else huge
    response = api_of(people.terry).get(f"/api/v1/classes/{classroom}{path.format(huge)}")
    assert (response.status_code, problem(response)["code"]) == (404, "not_found")
