"""Importing the rules is cheap: SymPy belongs to the sandbox workers."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_rules_loads_no_computer_algebra() -> None:
    script = (
        "import sys; from inference.rules import RulesEngine, parse_problem;"
        "parse_problem('Solve: 3x + 5 = 20');"
        "sys.exit(bool({'sympy', 'torch', 'django'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
