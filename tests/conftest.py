"""What every test may use: the cast of users, and a clean count of attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from homework.accounts.models import User
    from tests.homework.people import People

# How long something takes is no property of it: a busy machine fails no test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def people(db: None) -> People:
    """The cast: alice and bob in terry's class, charlie and tina at another school, and more."""
    from tests.homework.people import make_people

    return make_people()


@pytest.fixture
def alice(people: People) -> User:
    return people.alice


@pytest.fixture
def bob(people: People) -> User:
    return people.bob


@pytest.fixture
def charlie(people: People) -> User:
    return people.charlie


@pytest.fixture
def terry(people: People) -> User:
    return people.terry


@pytest.fixture
def tina(people: People) -> User:
    return people.tina


@pytest.fixture
def admin(people: People) -> User:
    return people.ada


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Rate limits are counted in the cache; one test's attempts are none of another's."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A request leaves its language in the thread; the next test speaks the site's own again."""
    from django.utils import translation

    translation.deactivate()
