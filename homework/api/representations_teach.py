"""What the API says of classes, their people and rules, reviews and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from homework.accounts.models import Classroom, Membership, User
from homework.accounts.selectors import with_num_students
from homework.api.representations import solution_json, time_json
from homework.insight.selectors import Insight, Tally
from homework.insight.students_table import student_rows
from homework.judging.services import Work
from homework.pipeline.corrections import formulas_as_typed
from homework.policy.models import PolicyWindow
from homework.policy.selectors import classroom_mode, policy_windows
from homework.review.models import Draft, Review
from homework.review.parts import Part, all_parts_of
from homework.solutions.models import Solution

# Classes.


def classes_with_facts(classrooms: QuerySet[Classroom]) -> QuerySet[Classroom]:
    """The same with all that `class_json` says: two queries, however many."""
    teachers = User.objects.filter(role=User.Role.TEACHER).order_by("username")
    return with_num_students(classrooms=classrooms).prefetch_related(
        Prefetch("members", teachers, to_attr="its_teachers")
    )


def class_json(classroom: Classroom) -> dict[str, Any]:
    """A class of `classes_with_facts`, for who may change it."""
    url = reverse("api:class", args=[classroom.pk])
    facts: Any = classroom
    return {
        "id": classroom.pk,
        "url": url,
        "name": classroom.name,
        "school_id": classroom.school_id,
        "join_code": classroom.join_code,
        "is_open": classroom.is_open,
        "is_archived": classroom.archived_at is not None,
        "archived_at": time_json(classroom.archived_at),
        "created_at": time_json(classroom.created_at),
        "num_students": facts.num_students,
        "teachers": [_person_json(teacher) for teacher in facts.its_teachers],
        "members_url": f"{url}/members",
        "policy_url": f"{url}/policy",
    }


def member_json(membership: Membership) -> dict[str, Any]:
    """Somebody in a class."""
    person = membership.user
    return {
        "id": person.pk,
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": person.role,
        "is_active": person.is_active,
        "has_signed_in": person.last_login is not None,
        "joined_at": time_json(membership.created_at),
    }


def _person_json(person: User) -> dict[str, Any]:
    return {
        "id": person.pk,
        "username": person.username,
        "name": person.get_full_name() or person.username,
    }


def policy_json(classroom: Classroom) -> dict[str, Any]:
    """What a class sees, and the times at which another rule holds. Reads them anew."""
    now = timezone.now()
    fresh = Classroom.objects.select_related("answer_policy").get(pk=classroom.pk)
    return {
        "mode": str(classroom_mode(classroom=fresh)),
        "windows": [
            window_json(window, now) for window in policy_windows(classroom=fresh, now=now)
        ],
    }


def window_json(window: PolicyWindow, now: datetime) -> dict[str, Any]:
    """A time at which another rule holds."""
    return {
        "id": window.pk,
        "url": reverse("api:class_window", args=[window.classroom_id, window.pk]),
        "mode": window.mode,
        "starts_at": time_json(window.starts_at),
        "ends_at": time_json(window.ends_at),
        "time_zone": window.time_zone,
        "is_on": window.starts_at <= now < window.ends_at,
    }


# Reviews.


def review_item_json(solution: Solution) -> dict[str, Any]:
    """An item of the queue: what it is about and why it is there, not what was answered."""
    report = getattr(solution, "report", None)
    item: Any = solution
    return {
        "id": str(solution.pk),
        "url": reverse("api:review", args=[solution.pk]),
        "solution_url": reverse("api:solution", args=[solution.pk]),
        "student": _person_json(solution.student),
        "classes": item.class_names,
        "question": solution.asked_text or solution.question_text,
        "photo_id": None if solution.photo_id is None else str(solution.photo_id),
        "language": solution.language,
        "state": solution.state,
        "engine": solution.engine,
        "topic": solution.topic,
        "verdict": solution.verdict,
        "doubt": {"score": solution.doubt_score, "reasons": solution.doubt_reasons},
        "report": None
        if report is None
        else {
            "kind": report.kind,
            "comment": report.comment,
            "created_at": time_json(report.updated_at),
        },
        "review": solution.review_state or None,
        "version": solution.review_version,
        "created_at": time_json(solution.created_at),
        "finished_at": time_json(solution.finished_at),
        "reviewed_at": time_json(solution.reviewed_at),
    }


def review_details_json(
    solution: Solution, *, viewer: User, draft: Draft | None, attempts: Iterable[Solution]
) -> dict[str, Any]:
    """The same with everything that helps to judge it; `solution` of `solution_get_for_review`."""
    return review_item_json(solution) | {
        "solution": solution_json(solution, viewer=viewer),
        "parts": [_part_json(part) for part in all_parts_of(solution)],
        "reviews": [verdict_json(review) for review in solution.reviews.all()],
        "draft": None if draft is None else draft_json(draft),
        "other_attempts": [str(attempt.pk) for attempt in attempts],
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "index": part.index,
        "title": part.title,
        "formulas": part.formulas,
        "lines": formulas_as_typed(part.formulas),
        "check": part.check,
        "original": part.original,
        "is_added": part.is_added,
        "is_removed": part.is_removed,
        "corrected_by": part.corrected_by or None,
    }


def verdict_json(review: Review) -> dict[str, Any]:
    """One verdict of a teacher."""
    return {
        "version": review.version,
        "verdict": review.verdict,
        "teacher": review.teacher_name,
        "note": review.note,
        "reason": review.reason,
        "reading_before": review.reading_before,
        "reading_after": review.reading_after,
        "replacement_id": None if review.replacement_id is None else str(review.replacement_id),
        "corrections": [
            {
                "index": correction.index,
                "kind": correction.kind,
                "follows": correction.follows,
                "before": correction.before,
                "after": correction.after,
                "check": correction.check_result,
            }
            for correction in review.corrections.all()
        ],
        "created_at": time_json(review.created_at),
        "seen_at": time_json(review.seen_at),
    }


def draft_json(draft: Draft) -> dict[str, Any]:
    """What a teacher has begun to write."""
    return {
        "version": draft.version,
        "parts": [
            {"index": int(index), "follows": None, **content}
            for index, content in draft.content.get("parts", {}).items()
        ],
        "removed": draft.content.get("removed", []),
        "note": draft.content.get("note", ""),
        "reading": draft.content.get("reading", ""),
        "updated_at": time_json(draft.updated_at),
    }


def work_json(work: Work) -> list[dict[str, Any]]:
    """What the checker says of each changed part; `problems` are places that are no mathematics."""
    return [
        {
            "index": part.index,
            "formulas": part.formulas,
            "check": part.check,
            "problems": [
                {"line": one.line, "position": one.position, "code": one.code}
                for one in part.problems
            ],
        }
        for part in work.checked
    ]


# Numbers.


def insight_json(found: Insight, *, subject: str) -> dict[str, Any]:
    """The numbers of a period; the same that the pages show."""
    return {
        "id": subject,
        "first_day": found.period.first.isoformat(),
        "last_day": found.period.last.isoformat(),
        "total": _tally_json(found.total),
        "days": [
            {"day": day.isoformat(), **_tally_json(tally)} for day, tally in found.by_day.items()
        ],
        "topics": [
            {"topic": topic or None, **_tally_json(tally)}
            for topic, tally in found.by_topic.items()
        ],
        "skills": [
            {
                "skill": each.skill,
                "questions": each.num,
                "stumbled": each.stumbled,
                "wrong": each.wrong,
                "confused": each.confused,
                "asked_again": each.again,
            }
            for each in found.stumbling
        ],
        "attempts": {"entered": found.num_attempts, "right": found.num_right_attempts},
    }


def students_json(found: Insight, students: list[User]) -> list[dict[str, Any]]:
    """Every student with their counts; those who stumbled most first."""
    return [
        {**_person_json(row.student), **_tally_json(row.tally)}
        for row in student_rows(found, students)
    ]


def _tally_json(tally: Tally) -> dict[str, int]:
    return {
        "questions": tally.num,
        "verified": tally.verified,
        "reported": tally.reported,
        "reviewed": tally.reviewed,
        "stumbled": tally.stumbled,
    }
