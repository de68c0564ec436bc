"""The tests of the queue once more, on PostgreSQL when one listens on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

URL = os.environ.get("HH_TEST_POSTGRES_URL", "postgres://postgres:postgres@127.0.0.1:5432/postgres")


def test_the_queue_works_the_same_on_postgresql() -> None:
    try:
        psycopg.connect(URL.replace("postgres://", "postgresql://", 1), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        pytest.skip(
            f"NO POSTGRESQL: CLAIMS ARE TESTED ON SQLITE ONLY (set HH_TEST_POSTGRES_URL): {error}"
        )
    here = Path(__file__).parent
    # A database of this run's own, so that two runs on one machine do not meet.
    url = f"{URL.rpartition('/')[0]}/homework_{os.getpid()}"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not no_order"]
        + [
            str(here / name) for name in ("test_claims.py", "test_services.py", "test_selectors.py")
        ],
        env=os.environ | {"HH_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
