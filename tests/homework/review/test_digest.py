from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from homework.accounts.models import User
from homework.review.digest import DigestRun, digests_send
from homework.review.models import NoticeSettings
from homework.review.services import digest_switch, review_reject
from tests.homework.review.conftest import open_solution

TODAY = date(2026, 3, 2)


@pytest.fixture
def subscribed(terry: User) -> User:
    digest_switch(user=terry, wants_digest=True)
    return terry


def test_a_teacher_is_told_how_many_wait_and_why_without_names(
    subscribed: User, alice: User
) -> None:
    open_solution(alice)
    for _ in range(2):
        open_solution(alice, doubt_score=80, doubt_reasons=["step_failed", "fallback"])
    open_solution(alice, doubt_score=200, doubt_reasons=["reported_wrong"])

    assert digests_send(today=TODAY) == DigestRun(num_sent=1)
    (sent,) = mail.outbox
    assert sent.to == ["terry@example.org"]
    assert sent.subject == "4 solutions wait for you"
    assert "3 of them are in doubt:" in sent.body
    assert "2 × A step is wrong" in sent.body
    assert "1 × The student says it is wrong" in sent.body
    assert "/teach/queue/" in sent.body
    assert "alice" not in sent.body
    assert "3x" not in sent.body


def test_it_comes_once_a_day_however_often_the_command_runs(subscribed: User, alice: User) -> None:
    open_solution(alice)
    digests_send(today=TODAY)
    assert digests_send(today=TODAY) == DigestRun()
    assert len(mail.outbox) == 1
    digests_send(today=TODAY + timedelta(days=1))
    assert len(mail.outbox) == 2


def test_it_is_written_in_the_language_of_its_person(subscribed: User, alice: User) -> None:
    User.objects.filter(pk=subscribed.pk).update(locale="zh-hans")
    open_solution(alice, doubt_score=80, doubt_reasons=["step_failed"])
    digests_send(today=TODAY)
    assert "等待" in mail.outbox[0].subject
    assert "有一步错误" in mail.outbox[0].body


def test_nothing_is_sent_where_nothing_waits_or_nobody_asked(subscribed: User, alice: User) -> None:
    assert digests_send(today=TODAY) == DigestRun(num_quiet=1)
    NoticeSettings.objects.update(wants_digest=False, digest_day=None)
    open_solution(alice)
    assert digests_send(today=TODAY) == DigestRun()
    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_is_gone_or_has_no_address_gets_none(
    subscribed: User, alice: User, change: dict[str, Any]
) -> None:
    open_solution(alice)
    User.objects.filter(pk=subscribed.pk).update(**change)
    assert digests_send(today=TODAY) == DigestRun()


def test_a_student_is_told_of_what_is_unseen(alice: User, terry: User) -> None:
    digest_switch(user=alice, wants_digest=True)
    review_reject(teacher=terry, solution=open_solution(alice), version=0, reason="Secret")
    digests_send(today=TODAY)
    (sent,) = mail.outbox
    assert sent.to == ["alice@example.org"]
    assert "Your teacher has looked at a question of yours" in sent.subject
    assert "Secret" not in sent.body


def test_a_mail_that_could_not_be_sent_is_tried_again(
    subscribed: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_solution(alice)

    def refuse(self: EmailMessage) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", refuse)
        with pytest.raises(CommandError):
            call_command("send_digest")
    call_command("send_digest")
    assert len(mail.outbox) == 1
