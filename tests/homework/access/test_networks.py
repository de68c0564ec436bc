"""From where somebody comes: behind proxies, in IPv6, and whether their school lets them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from homework.access.checks import check_access
from homework.access.models import SchoolAccess
from homework.access.networks import address_of, is_within, neighbourhood, parse_networks
from homework.access.schools import school_access_set
from homework.accounts.models import AuditEvent
from homework.common.errors import InvalidInputError
from tests.homework.api.conftest import api_of, problem
from tests.homework.people import People


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "10.0.0.1", "198.51.100.7", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "2001:db8::7", "2001:db8::7"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (1, "10.0.0.1", "nonsense", None),
        (0, "", "", None),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(
    settings: Any, proxies: int, peer: str, forwarded: str, address: str | None
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    found = address_of(request)
    assert (None if found is None else str(found)) == address


def test_networks_hold_their_own_kind() -> None:
    networks = parse_networks(["192.0.2.0/24", "2001:db8::/32", "198.51.100.7", " "])

    def inside(text: str) -> bool:
        return is_within(address_of(RequestFactory().get("/", REMOTE_ADDR=text)), networks)

    assert inside("192.0.2.200")
    assert inside("198.51.100.7")
    assert inside("2001:db8:1::1")
    assert not inside("198.51.100.8")
    assert not inside("2001:db9::1")
    assert not inside("")
    assert is_within(None, [])


def test_a_household_in_ipv6_is_counted_as_one() -> None:
    def counted(text: str) -> str:
        return neighbourhood(address_of(RequestFactory().get("/", REMOTE_ADDR=text)))

    assert counted("2001:db8::1") == counted("2001:db8::ffff:1") != counted("2001:db8:0:1::1")
    assert counted("192.0.2.1") != counted("192.0.2.2")


@pytest.mark.django_db
class TestServer:
    def test_outsiders_get_nothing_but_a_sign_of_life(self, settings: Any, people: People) -> None:
        settings.ALLOWED_NETWORKS = ["192.0.2.0/24"]
        for path in ("/", "/accounts/login/", "/admin/"):
            assert Client().get(path).status_code == 403
        assert problem(api_of(people.alice).get("/api/v1/me"))["code"] == "network_not_allowed"
        assert Client().get("/healthz").status_code == 200

    def test_insiders_get_in(self, settings: Any) -> None:
        settings.ALLOWED_NETWORKS = ["192.0.2.0/24"]
        client = Client(REMOTE_ADDR="192.0.2.9")
        assert client.get("/accounts/login/").status_code == 200

    def test_misspelt_settings_are_told_at_the_start(self, settings: Any) -> None:
        settings.ALLOWED_NETWORKS = ["192.0.2.0/24", "nonsense"]
        settings.API_RATES = settings.API_RATES | {"all": "many"}
        assert [found.id for found in check_access(None)] == ["access.E001", "access.E002"]


@pytest.mark.django_db
class TestSchool:
    @pytest.fixture(autouse=True)
    def _north_has_a_network(self, people: People) -> None:
        assert people.alice.school is not None
        SchoolAccess.objects.create(school=people.alice.school, networks=["192.0.2.0/24"])

    def test_its_people_come_from_there_only(self, people: People) -> None:
        client = Client()
        client.force_login(people.alice)
        assert client.get("/").status_code == 403
        assert client.get("/", REMOTE_ADDR="192.0.2.9").status_code == 200
        assert client.post("/accounts/logout/").status_code == 302
        assert problem(api_of(people.alice).get("/api/v1/me"))["code"] == "network_not_allowed"

    def test_others_come_from_anywhere(self, people: People) -> None:
        assert api_of(people.charlie).get("/api/v1/me").status_code == 200

    def test_nobody_shuts_themselves_out(self, people: People) -> None:
        school = people.ada.school
        assert school is not None
        options: dict[str, Any] = {
            "school": school,
            "by": people.ada,
            "questions_per_day": 5,
            "address": address_of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.9")),
        }
        with pytest.raises(InvalidInputError):
            school_access_set(networks=["198.51.100.0/24"], **options)
        with pytest.raises(InvalidInputError):
            school_access_set(networks=["nonsense"], **options)
        school_access_set(networks=["192.0.2.9", "2001:db8::/32"], **options)
        assert SchoolAccess.objects.get().networks == ["192.0.2.9/32", "2001:db8::/32"]
        assert AuditEvent.objects.get().detail["questions_per_day"] == 5
