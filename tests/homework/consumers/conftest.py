from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.homework.people import People, make_people
from tests.live import LiveSite


@pytest.fixture
def people(transactional_db: None) -> People:
    return make_people()


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[LiveSite]:
    """A server for all tests of a module; its limits are small, so that they can be met."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        site = LiveSite(
            "-m",
            "tests.homework.consumers.scripted_site",
            DJANGO_SETTINGS_MODULE="homework.settings",
            HH_WEBSOCKET_RECHECK_S="0.2",
            HH_WEBSOCKET_STALL_S="1",
            HH_WEBSOCKET_SIGN_IN_S="1",
            HH_WEBSOCKET_MAX_PER_USER="3",
            HH_PIPELINE_WORKERS="4",
            HH_PIPELINE_HEARTBEAT_S="0.2",
            HH_ORIGINS="https://school.example.org",
        )
    yield site
    site.kill()
