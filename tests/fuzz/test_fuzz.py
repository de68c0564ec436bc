"""A short run of the fuzzer: some of everything. The long one is `python -m tests.fuzz`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homework.access.models import Scope
from homework.access.services import token_create
from tests.fuzz.fuzzing import faults, fuzz, statuses
from tests.fuzz.limits import LIMITS
from tests.homework.people import People, make_people
from tests.live import LiveSite


@pytest.fixture
def people(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def site(people: People) -> Iterator[LiveSite]:
    site = LiveSite("-m", "tests.fuzz.site", **LIMITS)
    yield site
    site.kill()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["charlie", "terry"])
def test_no_made_up_call_meets_an_answer_that_is_not_described(
    site: LiveSite, people: People, name: str
) -> None:
    user = getattr(people, name)
    token = token_create(user=user, name="fuzz", scopes=Scope.values, days=1)[1]
    outcome = fuzz(site, token, seed=1, num_examples=2, seconds=15, phases="examples,fuzzing")
    assert outcome.is_good, outcome.report
    answered = statuses(site)
    assert sum(answered.values()) > 60
    assert faults(site) == []
