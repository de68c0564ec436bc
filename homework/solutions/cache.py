"""Finished answers that are kept for whoever at the same school asks the same again.

Never across schools: that somebody asked a question is nobody else's business, and one school's
corrections are not another's truth. A key is made by the pipeline, which knows what an answer
depends on; here it is opaque.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from homework.common.prepared import Parameter, PreparedQuery
from homework.solutions.models import CachedAnswer, Solution

MAX_ANSWER_BYTES = 256 * 1024
"""A longer answer is not kept."""
_TRIM_AT_ONCE = 200


_kept = PreparedQuery(
    lambda: CachedAnswer.objects.filter(
        school=Parameter("school", CachedAnswer, "school"),
        key=Parameter("key", CachedAnswer, "key"),
    )
)


def answer_find(*, school_id: int | None, key: str) -> CachedAnswer | None:
    """The kept answer, or None. Counts the hit."""
    if school_id is None or not key:
        return None
    # Asked first: most questions are new, and even an update of no row waits its turn to write.
    found = _kept.first(school=school_id, key=key)
    if found is not None:
        found.hits += 1
        found.used_at = timezone.now()
        CachedAnswer.objects.filter(pk=found.pk).update(hits=F("hits") + 1, used_at=found.used_at)
    return found


def answer_keep(*, school_id: int | None, key: str, content: Mapping[str, Any]) -> None:
    """Keep an answer, in the place of an older one of this key unless a teacher corrected that.

    One that is too large is not kept, nor is that of a person without a school.
    """
    size_bytes = _size_bytes(content)
    if school_id is None or not key or size_bytes > MAX_ANSWER_BYTES:
        return
    values = {"content": dict(content), "size_bytes": size_bytes, "used_at": timezone.now()}
    same = CachedAnswer.objects.filter(school_id=school_id, key=key)
    if same.filter(is_corrected=False).update(**values) or same.exists():
        return
    try:
        with transaction.atomic():
            CachedAnswer.objects.create(school_id=school_id, key=key, **values)
    except IntegrityError:
        return  # another worker kept the same a moment ago


def answer_correct(*, solution: Solution, content: Mapping[str, Any]) -> bool:
    """Put a teacher's correction in the place of the answer that `solution` got.

    From now on it is what the school's students are shown for the same question, and no new
    answer of an engine replaces it as long as the key lives.

    Args:
        solution: The solution that was corrected.
        content: The fields of `CachedAnswer.content` that change; the others stay.

    Returns:
        Whether there was a key to correct it under.
    """
    school_id = solution.student.school_id
    if school_id is None or not solution.answer_key:
        return False
    with transaction.atomic():
        kept = (
            CachedAnswer.objects.select_for_update()
            .filter(school_id=school_id, key=solution.answer_key)
            .first()
        )
        whole = (kept.content if kept is not None else content_of(solution)) | dict(content)
        CachedAnswer.objects.update_or_create(
            school_id=school_id,
            key=solution.answer_key,
            defaults={
                "content": whole,
                "size_bytes": _size_bytes(whole),
                "is_corrected": True,
                "used_at": timezone.now(),
            },
        )
    return True


def answer_forget(*, solution: Solution) -> bool:
    """Keep the answer that `solution` got no longer, as one that a teacher rejected.

    Returns:
        Whether there was one.
    """
    school_id = solution.student.school_id
    if school_id is None:
        return False
    deleted, _ = CachedAnswer.objects.filter(school_id=school_id, key=solution.answer_key).delete()
    return bool(deleted)


def answers_trim(*, max_bytes: int, max_age: timedelta) -> int:
    """Drop what is older than `max_age`, then the longest unused until the rest fits.

    Returns:
        How many were dropped.
    """
    num_dropped, _ = CachedAnswer.objects.filter(
        created_at__lt=timezone.now() - max_age, is_corrected=False
    ).delete()
    excess = (CachedAnswer.objects.aggregate(sum=Sum("size_bytes"))["sum"] or 0) - max_bytes
    while excess > 0:
        oldest = list(
            CachedAnswer.objects.order_by("used_at").values_list("pk", "size_bytes")[:_TRIM_AT_ONCE]
        )
        if not oldest:
            break
        doomed = []
        for pk, size_bytes in oldest:
            if excess <= 0:
                break
            doomed.append(pk)
            excess -= size_bytes
        CachedAnswer.objects.filter(pk__in=doomed).delete()
        num_dropped += len(doomed)
    return num_dropped


def content_of(solution: Solution) -> dict[str, Any]:
    """What is kept of a finished solution."""
    answer = None
    if solution.answer_latex:
        answer = {"latex": solution.answer_latex, "check": solution.answer_check}
    return {
        "reading": solution.reading,
        "text": solution.text,
        "steps": [
            {
                "index": step.index,
                "start": step.start,
                "end": step.end,
                "title": step.title,
                "formulas": step.formulas,
                "rule": step.rule,
                "rule_inputs": step.rule_inputs,
                "check": step.step_check,
            }
            for step in solution.steps.all()
        ],
        "answer": answer,
        "engine": solution.engine,
        "engine_changes": solution.engine_changes,
    }


def _size_bytes(content: Mapping[str, Any]) -> int:
    return len(json.dumps(content, ensure_ascii=False).encode())
