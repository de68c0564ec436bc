"""The daily e-mail: what waits for a teacher, what a teacher has said to a student.

No names and no questions leave the site in a mail. Each person gets at most one a day: the day is
claimed by one update before the mail is made, and given back when it could not be sent.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from homework.accounts.models import User
from homework.common.logs import error_facts
from homework.review.models import NoticeSettings
from homework.review.queue import MAX_COUNTED, QueueFilter, queue_of
from homework.review.selectors import unread_of_student
from homework.review.words import doubt_words
from homework.solutions.doubt import ATTENTION, WEIGHTS

logger = logging.getLogger(__name__)

_MAX_REASONS = 1000
"""So many solutions are looked at for their reasons; more than that is told as "more than"."""


@dataclass(frozen=True, slots=True)
class DigestRun:
    """What a run did."""

    num_sent: int = 0
    num_quiet: int = 0
    """For whom there was nothing to tell."""
    num_failed: int = 0


def digests_send(*, today: date) -> DigestRun:
    """Send the mails of a day. Running it again on the same day sends nothing twice."""
    sent = quiet = failed = 0
    due = NoticeSettings.objects.filter(
        Q(digest_day=None) | Q(digest_day__lt=today),
        wants_digest=True,
        user__is_active=True,
    ).exclude(user__email="")
    for pk, before in list(due.values_list("pk", "digest_day")):
        claimed = NoticeSettings.objects.filter(pk=pk, digest_day=before, wants_digest=True).update(
            digest_day=today
        )
        if claimed != 1:
            continue  # another run is faster, or it was switched off
        user = NoticeSettings.objects.select_related("user__school").get(pk=pk).user
        mail = _mail_to(user)
        if mail is None:
            quiet += 1
            continue
        try:
            mail.send()
        except OSError as error:  # smtplib's errors are OSErrors
            logger.error("digest was not sent", extra=error_facts(error))
            NoticeSettings.objects.filter(pk=pk, digest_day=today).update(digest_day=before)
            failed += 1
        else:
            sent += 1
    return DigestRun(sent, quiet, failed)


def _mail_to(user: User) -> EmailMessage | None:
    with translation.override(user.locale):
        if user.role == User.Role.TEACHER:
            return _teachers_mail(user)
        return _students_mail(user)


def _teachers_mail(teacher: User) -> EmailMessage | None:
    waiting = queue_of(teacher=teacher, given=QueueFilter()).order_by()
    num_waiting = len(waiting.values_list("pk", flat=True)[: MAX_COUNTED + 1])
    if num_waiting == 0:
        return None
    doubtful = waiting.filter(doubt_score__gte=ATTENTION).values_list("doubt_reasons", flat=True)
    words = doubt_words()
    reasons = Counter(reasons[0] for reasons in doubtful[:_MAX_REASONS] if reasons)
    return _mail(
        teacher,
        "review/email/teacher",
        {
            "num_waiting": min(num_waiting, MAX_COUNTED),
            "is_more": num_waiting > MAX_COUNTED,
            "num_doubtful": sum(reasons.values()),
            "reasons": [(words[name], reasons[name]) for name in WEIGHTS if reasons[name]],
            "url": urljoin(settings.SITE_URL, reverse("teach:queue")),
        },
    )


def _students_mail(student: User) -> EmailMessage | None:
    num_unread = unread_of_student(student=student)
    if num_unread == 0:
        return None
    return _mail(
        student,
        "review/email/student",
        {
            "num_unread": num_unread,
            "url": urljoin(settings.SITE_URL, reverse("pages:history")),
        },
    )


def _mail(user: User, template: str, context: dict[str, object]) -> EmailMessage:
    context |= {"settings_url": urljoin(settings.SITE_URL, reverse("pages:notice_settings"))}
    return EmailMessage(
        subject=render_to_string(f"{template}_subject.txt", context).strip(),
        body=render_to_string(f"{template}_message.txt", context).strip() + "\n",
        to=[user.email],
    )
