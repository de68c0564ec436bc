"""Corrected solutions as a data set for fine-tuning; the format is in docs/export-format.md.

Files come one by one, so that a folder or a ZIP that is being sent can take them. No name and no
key of a person, a class, a school or a solution is in any of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from django.db.models import QuerySet
from django.utils import timezone

from homework.accounts.models import School, User
from homework.accounts.selectors import students_whose_work_may_train
from homework.common.errors import PermissionDeniedError
from homework.pipeline.engine import Box, Language, photo_for_model
from homework.pipeline.training import PROMPT_VERSION, training_messages
from homework.review.training import ReviewedPair, corrections_for_export

FORMAT: Final = "homework-helper-corrections/1"
DATA_FILE: Final = "train.jsonl"
MANIFEST_FILE: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of the data set, by its path in it."""

    path: str
    content: bytes


@dataclass(slots=True)
class ExportSummary:
    """What was written, and what was left out and why."""

    num_examples: int = 0
    num_images: int = 0
    by_verdict: Counter[str] = field(default_factory=Counter)
    by_language: Counter[str] = field(default_factory=Counter)
    by_topic: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def export_corrections(
    *,
    school: School,
    summary: ExportSummary,
    include_approved: bool = True,
    since: datetime | None = None,
) -> Iterator[ExportFile]:
    """The files of a school's data set: the images, then the examples, the manifest at the end.

    Only work of students who have not said no, and only where the school allows it. An example
    whose text has the name of its student or of a teacher in it is left out.

    Args:
        school: Whose.
        summary: Is filled as the files come.
        include_approved: Also what was right as it stood, not only what was corrected.
        since: Only what was reviewed at or after this moment.

    Raises:
        PermissionDeniedError: The school does not allow it.
    """
    if not school.allows_training_export:
        raise PermissionDeniedError("The school does not allow its work to be used for training.")
    return _files(school, summary, include_approved, since)


def _files(
    school: School, summary: ExportSummary, include_approved: bool, since: datetime | None
) -> Iterator[ExportFile]:
    students = students_whose_work_may_train(school=school)
    names = _Names(school, students)
    digests: dict[str, dict[str, Any]] = {}
    lines: list[str] = []
    pairs = corrections_for_export(
        school=school, students=students, include_approved=include_approved, since=since
    )
    for pair in pairs:
        if names.are_in(pair):
            summary.left_out["name_in_text"] += 1
            continue
        image = None
        if pair.solution.photo is not None:
            image = _image_of(pair)
            if image is None:
                summary.left_out["photo_missing"] += 1
                continue
        paths = []
        if image is not None:
            # By content: the number of a photo in the database would lead back to a person.
            path = f"images/{hashlib.sha256(image).hexdigest()[:32]}.jpg"
            paths.append(path)
            if path not in digests:
                summary.num_images += 1
                yield _counted(ExportFile(path, image), digests)
        lines.append(_line(pair, image, paths))
        summary.num_examples += 1
        summary.by_verdict[pair.verdict] += 1
        summary.by_language[pair.language] += 1
        summary.by_topic[pair.topic or "unknown"] += 1
    # In an order that tells nothing of when and after whom something was asked.
    lines.sort(key=lambda line: hashlib.sha256(line.encode()).digest())
    yield _counted(ExportFile(DATA_FILE, "".join(lines).encode()), digests)
    yield ExportFile(MANIFEST_FILE, _manifest(summary, digests))


def _line(pair: ReviewedPair, image: bytes | None, paths: list[str]) -> str:
    example = {
        "messages": training_messages(
            problem=pair.question,
            language=cast(Language, pair.language),
            image=image,
            answer=pair.text,
        ),
        "images": paths,
        "language": pair.language,
        "topic": pair.topic,
        "verdict": pair.verdict,
        "corrected_parts": list(pair.corrected_parts),
    }
    return json.dumps(example, ensure_ascii=False) + "\n"


def _image_of(pair: ReviewedPair) -> bytes | None:
    photo, solution = pair.solution.photo, pair.solution
    assert photo is not None
    try:
        with photo.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        return None
    crop = None if solution.crop is None else Box(**solution.crop)
    return photo_for_model(content, crop=crop, rotation_deg=solution.rotation_deg)


def _counted(file: ExportFile, digests: dict[str, dict[str, Any]]) -> ExportFile:
    digests[file.path] = {
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "size_bytes": len(file.content),
    }
    return file


def _manifest(summary: ExportSummary, digests: dict[str, dict[str, Any]]) -> bytes:
    manifest = {
        "format": FORMAT,
        "prompt_version": PROMPT_VERSION,
        "created_on": timezone.localdate().isoformat(),
        "num_examples": summary.num_examples,
        "num_images": summary.num_images,
        "by_verdict": dict(sorted(summary.by_verdict.items())),
        "by_language": dict(sorted(summary.by_language.items())),
        "by_topic": dict(sorted(summary.by_topic.items())),
        "left_out": dict(sorted(summary.left_out.items())),
        "files": dict(sorted(digests.items())),
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


class _Names:
    """The names of a school's people, to be looked for in texts."""

    _WORD = re.compile(r"[^\W\d_]{3,}|[\u4e00-\u9fff]{2,}")

    def __init__(self, school: School, students: QuerySet[User]) -> None:
        self._of_student: dict[int, set[str]] = {
            pk: self._parts(*names)
            for pk, *names in students.values_list("pk", "username", "first_name", "last_name")
        }
        staff = User.objects.filter(school=school).exclude(role=User.Role.STUDENT)
        self._staff: set[str] = set()
        for names in staff.values_list("username", "first_name", "last_name"):
            self._staff |= self._parts(*names)

    def are_in(self, pair: ReviewedPair) -> bool:
        """Whether the text has a name of its student, or of somebody on the staff."""
        text = f"{pair.question} {pair.text}".lower()
        own = self._of_student.get(pair.solution.student_id, set()) | self._staff
        words = set(self._WORD.findall(text))
        return bool(own & words) or any(
            "\u4e00" <= name[0] <= "\u9fff" and name in text for name in own
        )

    def _parts(self, *names: str) -> set[str]:
        return {
            part
            for name in names
            for part in self._WORD.findall(name.lower())
            if part not in {"student", "teacher", "demo"}
        }
