"""`manage.py solve` as a person runs it: a process, real parts, no database."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from homework.pipeline.events import LiveState
from tests.live import ROOT, Follower

PHOTO = ROOT / "tests" / "photos" / "print-linear-plain.jpg"
DRAWING = ROOT / "tests" / "photos" / "none-blank-plain.jpg"


def solve(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "solve", *map(str, args)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def by_file(output: str) -> dict[str | None, list[dict[str, Any]]]:
    events: dict[str | None, list[dict[str, Any]]] = {}
    for line in output.splitlines():
        event = json.loads(line)
        events.setdefault(event.pop("file"), []).append(event)
    return events


def test_photos_and_texts_share_a_run_and_each_has_its_events(tmp_path: Path) -> None:
    not_a_photo = tmp_path / "notes.jpg"
    not_a_photo.write_text("3x + 5 = 20")
    missing = tmp_path / "missing.jpg"
    result = solve(PHOTO, DRAWING, not_a_photo, missing, "--text", "1/2 + 1/3", "--json")
    assert result.returncode == 1, result.stderr
    events = by_file(result.stdout)
    assert set(events) == {str(PHOTO), str(DRAWING), str(not_a_photo), str(missing), None}

    follower = Follower()
    follower.take(
        {"from": 0, "to": 0, "events": [LiveState(id=str(uuid.uuid4())).snapshot(), *events[None]]}
    )
    assert follower.is_done
    assert follower.state["state"] == "finished"
    assert follower.state["answer"]["latex"] == "\\frac{5}{6}"
    assert follower.state["answer"]["check"]["verdict"] == "verified"
    assert all(step["check"]["verdict"] == "verified" for step in follower.state["steps"])

    kinds = [event["type"] for event in events[str(PHOTO)]]
    assert {"reading", "delta", "step", "answer", "done"} <= set(kinds)
    errors = {
        name: [event["code"] for event in events[str(name)] if event["type"] == "error"]
        for name in (DRAWING, not_a_photo, missing)
    }
    assert errors == {
        DRAWING: ["no_question_found"],
        not_a_photo: ["unsupported_format"],
        missing: ["unreadable_file"],
    }
    assert all(each[-1]["type"] == "done" for each in events.values())


def test_people_get_text_in_their_language_and_a_zero_when_all_is_solved() -> None:
    result = solve("--text", "3x + 5 = 20", "--lang", "zh")
    assert result.returncode == 0, result.stderr
    assert "第1步" in result.stdout
    assert "Answer: x = 5  [ok]" in result.stdout
    assert "Traceback" not in result.stderr


def test_it_says_what_it_needs() -> None:
    result = solve()
    assert result.returncode == 1
    assert "Name a photo" in result.stderr
