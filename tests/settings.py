"""The site's settings for a test run: a data directory of its own, static files as they lie.

Pytest reads the settings before any conftest.py, so the environment is prepared here. Processes
that tests start inherit it, this module's name included, and share the directory; each of several
pytest workers has its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if os.environ.get("HH_TEST_RUN") != os.environ.get("PYTEST_XDIST_WORKER", "alone"):
    _data_dir = tempfile.mkdtemp(prefix="homework-tests-")
    atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
    Path(_data_dir, "static").mkdir()
    os.environ["HH_TEST_RUN"] = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["HH_DATA_DIR"] = _data_dir
    os.environ["HH_STATIC_MANIFEST"] = "0"
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Tests ask the same again and again; those of the kept answers turn them on.
    os.environ["HH_ANSWER_CACHE_MB"] = "0"

from homework.settings import *  # noqa: F403

# The real hash takes 0.4 s on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
