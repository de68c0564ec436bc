"""The site as its users run it, for measurements: a school of its own, students, a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ServerProcess

ROOT = Path(__file__).resolve().parents[1]
ENGINE_TIMEOUT_S = 120.0

_MAKE_STUDENTS = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from homework.access.services import token_create
from homework.accounts.models import Classroom, Membership, School, User
school = School.objects.create(name="Measured")
classroom = Classroom.objects.create(school=school, name="7a")
keys, tokens = [], []
scopes = ["solutions:read", "solutions:write"]
roles = [User.Role.STUDENT] * {num_students} + [User.Role.TEACHER] * {num_teachers}
for number, role in enumerate(roles):
    user = User.objects.create_user(username=f"person{{number}}", role=role, school=school)
    Membership.objects.create(user=user, classroom=classroom)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    keys.append(session.session_key)
    tokens.append(token_create(user=user, name="measuring", scopes=scopes, days=1)[1])
print(json.dumps([keys, tokens]))
"""


class Site:
    """`manage.py serve` over an empty database with signed-in students.

    Args:
        checkpoint: The model; the default engine without one.
        directory: Becomes its HH_DATA_DIR.
        port: Where it listens.
        num_students: Each in a session of their own, all in one class.
        num_teachers: Of that class; their sessions and tokens come after the students'.
        max_new_tokens: Bound of an answer of the model.
        env: Further settings.
        command: What serves it.
    """

    def __init__(
        self,
        checkpoint: Path | None,
        directory: Path,
        *,
        port: int,
        num_students: int,
        num_teachers: int = 0,
        max_new_tokens: int = 1536,
        env: dict[str, str] | None = None,
        command: tuple[str, ...] = (sys.executable, "manage.py", "serve"),
    ) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = port
        self._env = {
            "HH_DATA_DIR": str(directory),
            "HH_DATABASE_URL": f"sqlite:///{directory / 'db.sqlite3'}",
            "HH_MAX_NEW_TOKENS": str(max_new_tokens),
            "HF_HUB_OFFLINE": "1",
            # All come from one address here.
            **{f"HH_LIMIT_{name}": "100000/m" for name in ("ALL", "ADDRESS", "UPLOAD", "SOLVE")},
            **(env or {}),
        }
        self._manage("migrate", "--verbosity", "0")
        self._manage("collectstatic", "--noinput", "--verbosity", "0")
        make = _MAKE_STUDENTS.format(num_students=num_students, num_teachers=num_teachers)
        made = self._manage("shell", "--command", make)
        self.sessions: list[str]
        self.tokens: list[str]
        self.sessions, self.tokens = json.loads(made.splitlines()[-1])
        self.process = ServerProcess(
            [*command, *(["--model", str(checkpoint)] if checkpoint else []), "--port", str(port)],
            cwd=ROOT,
            env=self._env,
            log=directory / "server.log",
        )

    def await_ready(self) -> None:
        """Until questions are taken and the model is loaded."""
        self.process.await_ready(f"http://127.0.0.1:{self.port}/readyz", timeout_s=ENGINE_TIMEOUT_S)

    def _manage(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | self._env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
