"""What the server sets before it loads anything."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"}, reason="torch shares the library"
)
def test_the_products_of_numpy_start_no_threads_in_the_server() -> None:
    script = (
        "import os, homework.asgi, numpy;"
        "before = len(os.listdir('/proc/self/task'));"
        "square = numpy.ones((500, 500)); square @ square;"
        "print(len(os.listdir('/proc/self/task')), before)"
    )
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        check=True, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.stdout.split() == ["1", "1"]
