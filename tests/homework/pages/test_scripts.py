"""The scripts of the pages: their own tests, run by Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_the_scripts_pass_their_own_tests(name: str) -> None:
    node = shutil.which("node")
    assert node, "Node is part of the set-up"
    run = subprocess.run(
        [node, "--experimental-default-type=module", "--test", str(FOLDER / name)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
