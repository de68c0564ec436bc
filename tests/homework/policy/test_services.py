"""Windows and the clocks on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from homework.accounts.models import Classroom
from homework.common.errors import InvalidInputError, NotFoundError
from homework.policy.models import Mode, PolicyWindow
from homework.policy.services import (
    MAX_WINDOWS,
    local_moment,
    policy_window_create,
    policy_window_delete,
)
from tests.homework.people import People

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("naive", "zone", "utc"),
    [
        (datetime(2026, 7, 1, 8), BERLIN, datetime(2026, 7, 1, 6)),
        (datetime(2026, 12, 1, 8), BERLIN, datetime(2026, 12, 1, 7)),
        (datetime(2026, 12, 1, 8), SHANGHAI, datetime(2026, 12, 1, 0)),
    ],
)
def test_a_wall_clock_is_read_in_its_time_zone(
    naive: datetime, zone: ZoneInfo, utc: datetime
) -> None:
    assert local_moment(naive, zone, is_end=False) == utc.replace(tzinfo=UTC)


def test_an_hour_that_comes_twice_is_within_the_window_both_times() -> None:
    twice = datetime(2026, 10, 25, 2, 30)

    start = local_moment(twice, BERLIN, is_end=False)
    end = local_moment(twice, BERLIN, is_end=True)

    assert end - start == timedelta(hours=1)


@pytest.mark.parametrize("is_end", [True, False])
def test_an_hour_that_is_left_out_is_refused(is_end: bool) -> None:
    with pytest.raises(InvalidInputError):
        local_moment(datetime(2026, 3, 29, 2, 30), BERLIN, is_end=is_end)


@pytest.fixture
def classroom(people: People) -> Classroom:
    return people.terry.classrooms.get()


def create(classroom: Classroom, people: People, start_h: float, end_h: float) -> PolicyWindow:
    now = timezone.now()
    return policy_window_create(
        classroom=classroom,
        mode=Mode.CLOSED,
        starts_at=now + timedelta(hours=start_h),
        ends_at=now + timedelta(hours=end_h),
        time_zone="Europe/Berlin",
        by=people.terry,
    )


@pytest.mark.parametrize(("start_h", "end_h"), [(2, 1), (1, 1), (-3, -2), (0, 24 * 400)])
def test_a_window_that_makes_no_sense_is_refused(
    classroom: Classroom, people: People, start_h: float, end_h: float
) -> None:
    with pytest.raises(InvalidInputError):
        create(classroom, people, start_h, end_h)

    assert not PolicyWindow.objects.exists()


def test_a_class_has_a_bounded_number_of_them(classroom: Classroom, people: People) -> None:
    for _ in range(MAX_WINDOWS):
        create(classroom, people, 1, 2)

    with pytest.raises(InvalidInputError):
        create(classroom, people, 1, 2)


def test_only_a_window_of_the_class_is_deleted(classroom: Classroom, people: People) -> None:
    window = create(classroom, people, 1, 2)

    with pytest.raises(NotFoundError):
        policy_window_delete(
            classroom=people.tina.classrooms.get(), window_id=window.pk, by=people.tina
        )
    policy_window_delete(classroom=classroom, window_id=window.pk, by=people.terry)

    assert not PolicyWindow.objects.exists()
