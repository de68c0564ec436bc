"""The examples of docs/api.md about batches and webhooks, run as they stand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from homework.access.models import Scope
from homework.access.services import token_create
from tests.homework.people import make_people
from tests.live import ROOT, TIMEOUT_S, LiveSite

PHOTO = ROOT / "tests" / "photos" / "print-brackets.jpg"


def examples(language: str) -> list[str]:
    text = (ROOT / "docs" / "api.md").read_text()
    section = text.split("## Batches")[1].split("## In other words")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_they_run_as_they_stand(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    token = token_create(user=make_people().alice, name="x", scopes=Scope.values, days=1)[1]
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.write(PHOTO, "7a/1.jpg")
    site = LiveSite()

    def run(*command: str) -> str:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"HOMEWORK_URL": site.url, "HOMEWORK_TOKEN": token},
            capture_output=True,
            text=True,
            timeout=3 * TIMEOUT_S,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        archive_call, webhook_call = examples("sh")
        batch = json.loads(run("sh", "-c", archive_call))
        assert (batch["num_items"], batch["language"]) == (1, "en")
        told = run(sys.executable, "-c", examples("python")[0])
        assert "7a/1 done x = 5" in told and "7a/2 done" in told and r"\frac{5}{6}" in told
        assert (tmp_path / "results.csv").read_text(encoding="utf-8-sig").count("done") == 2
        assert json.loads(run("sh", "-c", webhook_call))["secret"].startswith("whsec_")
    finally:
        site.kill()
