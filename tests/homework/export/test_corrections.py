"""The data set as a stranger reads it: plain json and PIL, by docs/export-format.md."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import AsyncClient
from PIL import Image

from homework.accounts.models import AuditEvent, Consent, School, User
from homework.common.errors import PermissionDeniedError
from homework.export.archive import zip_stream
from homework.export.corrections import ExportFile, ExportSummary, export_corrections
from homework.review.models import Correction, Review
from homework.solutions.models import Solution
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.services import photo_create, photo_decoder
from inference.prompts import build_messages
from inference.types import Request
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clean() -> SanitisedPhoto:
    return photo_decoder().sanitise(pictures.jpeg())


def reviewed(student: User, teacher: User, **fields: Any) -> Solution:
    """A solution that a teacher has approved."""
    fields = {"language": "en", "topic": "linear_equations"} | fields
    solution = make_solution(
        student,
        asked_text="3x+5=20",
        review_state=fields.pop("review_state", "approved"),
        review_version=1,
        **fields,
    )
    Review.objects.create(
        solution=solution,
        teacher=teacher,
        teacher_name=teacher.username,
        verdict=solution.review_state,
        version=1,
    )
    return solution


@pytest.fixture
def school(people: People) -> School:
    assert people.alice.school is not None
    people.alice.school.allows_training_export = True
    people.alice.school.save()
    return people.alice.school


def read(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """As the document says."""
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines], json.loads((folder / "manifest.json").read_text())


def export(school: School, folder: Path, **options: Any) -> None:
    call_command("export_corrections", school=school.name, output=folder, verbosity=0, **options)


def test_it_is_read_with_json_and_pil_alone(
    people: People,
    school: School,
    tmp_path: Path,
    clean: SanitisedPhoto,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
    photo = photo_create(owner=people.alice, data=b"decoded once")[0]
    crop = {"x": 0.25, "y": 0.0, "width": 0.5, "height": 0.5}
    reviewed(people.alice, people.terry, photo=photo, crop=crop, question_text="")
    reviewed(people.bob, people.terry)
    folder = tmp_path / "out"

    export(school, folder)

    examples, manifest = read(folder)
    assert len(examples) == manifest["num_examples"] == 2
    with_photo = next(example for example in examples if example["images"])
    roles = [message["role"] for message in with_photo["messages"]]
    assert roles == ["system", "user", "assistant"]
    kinds = [part["type"] for part in with_photo["messages"][1]["content"]]
    assert kinds == ["image", "text"]
    with Image.open(folder / with_photo["images"][0]) as image:
        image.load()
        assert image.format == "JPEG"
        assert image.size == (round(photo.width / 2), round(photo.height / 2))
        assert not image.getexif()
    for example in examples:
        parts = [part for message in example["messages"] for part in message["content"]]
        assert len(example["images"]) == sum(part["type"] == "image" for part in parts)
    for path, facts in manifest["files"].items():
        content = (folder / path).read_bytes()
        assert facts == {
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
        }
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert written == {*manifest["files"], "manifest.json"}


def test_the_conversation_is_the_one_that_the_engine_is_asked_in(
    people: People, school: School, tmp_path: Path
) -> None:
    solution = reviewed(people.alice, people.terry)
    export(school, tmp_path / "out")

    [example], manifest = read(tmp_path / "out")
    asked = build_messages(Request(request_id="1", problem="3x + 5 = 20", language="en"))
    assert example["messages"][:-1] == asked
    assert example["messages"][-1]["content"] == [{"type": "text", "text": solution.text}]
    assert manifest["by_topic"] == {"linear_equations": 1}


def test_a_correction_is_in_the_text(people: People, school: School, tmp_path: Path) -> None:
    solution = reviewed(people.alice, people.terry, review_state="corrected")
    Correction.objects.create(
        review=solution.reviews.get(),
        index=1,
        before={"title": "Subtract $5$ from both sides.", "formulas": ["3x = 15"]},
        after={"title": "Take 5 away on both sides.", "formulas": ["3x = 15"]},
        check_result={"verdict": "verified", "reason": "same_solutions", "detail": {}},
    )
    reviewed(people.bob, people.terry)
    export(school, tmp_path / "out", only_corrected=True)

    [example], _manifest = read(tmp_path / "out")
    assert "Take 5 away on both sides." in example["messages"][-1]["content"][0]["text"]
    assert (example["verdict"], example["corrected_parts"]) == ("corrected", [1])


def test_it_tells_nothing_of_people(people: People, school: School, tmp_path: Path) -> None:
    solution = reviewed(people.alice, people.terry)
    export(school, tmp_path / "out")

    everything = "".join(path.read_text() for path in (tmp_path / "out").glob("*.json*"))
    for secret in ("alice", "terry", "North", "7a", str(solution.pk), "example.org"):
        assert secret not in everything


@pytest.mark.parametrize("name", ["alice", "Terry", "ALICE"])
def test_a_text_with_a_name_in_it_is_left_out(
    people: People, school: School, tmp_path: Path, name: str
) -> None:
    reviewed(people.alice, people.terry, text=f"**Problem.** {name} has 5 apples.")
    export(school, tmp_path / "out")

    examples, manifest = read(tmp_path / "out")
    assert (examples, manifest["left_out"]) == ([], {"name_in_text": 1})


def test_a_chinese_name_is_found_without_spaces(
    people: People, school: School, tmp_path: Path
) -> None:
    User.objects.filter(pk=people.alice.pk).update(first_name="小明")
    reviewed(people.alice, people.terry, text="**题目。** 今天小明有五个苹果。")
    export(school, tmp_path / "out")

    assert read(tmp_path / "out")[0] == []


def test_who_has_said_no_is_not_in_it(people: People, school: School, tmp_path: Path) -> None:
    reviewed(people.alice, people.terry)
    reviewed(people.bob, people.terry)
    Consent.objects.create(
        school=school,
        student=people.alice,
        purpose=Consent.Purpose.TRAINING,
        is_given=False,
    )
    export(school, tmp_path / "out")

    assert read(tmp_path / "out")[1]["num_examples"] == 1


def test_other_schools_and_what_nobody_reviewed_are_not_in_it(
    people: People, school: School, tmp_path: Path
) -> None:
    reviewed(people.charlie, people.tina)
    make_solution(people.alice)
    export(school, tmp_path / "out")

    examples, manifest = read(tmp_path / "out")
    assert (examples, manifest["num_examples"]) == ([], 0)


def test_a_school_that_does_not_allow_it_exports_nothing(people: People, tmp_path: Path) -> None:
    assert people.alice.school is not None
    with pytest.raises(PermissionDeniedError):
        export_corrections(school=people.alice.school, summary=ExportSummary())
    with pytest.raises(CommandError):
        export(people.alice.school, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options", [{"since": "soon"}, {"since": "2026-13-01"}, {"school": "?"}])
def test_the_command_refuses_what_makes_no_sense(
    people: People, school: School, tmp_path: Path, options: dict[str, str]
) -> None:
    given = {"school": str(school.pk), "output": tmp_path / "out"} | options
    with pytest.raises(CommandError):
        call_command("export_corrections", **given)


def test_it_does_not_write_among_other_files(
    people: People, school: School, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(CommandError, match="empty"):
        export(school, tmp_path)


def test_a_zip_is_made_piece_by_piece() -> None:
    made = []

    def files() -> Any:
        for number in range(3):
            made.append(number)
            yield ExportFile(f"images/{number}.jpg", bytes(1000))

    stream = zip_stream(files())
    first = next(stream)
    assert (len(first) > 1000, made) == (True, [0])
    with zipfile.ZipFile(io.BytesIO(first + b"".join(stream))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3


@pytest.mark.django_db(transaction=True)
async def test_the_button_sends_the_same(people: People, school: School) -> None:
    from asgiref.sync import sync_to_async

    await sync_to_async(reviewed)(people.alice, people.terry)
    client = AsyncClient()
    await client.aforce_login(people.ada)

    response = await client.post(f"/schools/{school.pk}/export/")

    assert response.status_code == 200
    body = b"".join([piece async for piece in response.streaming_content])  # type: ignore[union-attr]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert set(archive.namelist()) == {"train.jsonl", "manifest.json"}
        assert json.loads(archive.read("manifest.json"))["num_examples"] == 1
    event = await AuditEvent.objects.aget(action="export.made")
    assert event.actor_id == people.ada.pk
