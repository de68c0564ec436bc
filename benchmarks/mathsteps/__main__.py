"""Our rules beside npm's `mathsteps` on equations and expressions from PyPI's `mathgenerator`.

    python -m benchmarks.mathsteps [--each 13] [--seed 5] [--markdown]

Both are installed for the run in a folder that is thrown away. Every problem is put to each side in
its own notation, first unmeasured, then measured, one after the other in one process. An answer is
*right* when it is equal to what is asked, of the asked form (one number, a sum without brackets, a
product of factors, all roots and no others) and, where the generator's own answer is exact, what
that says. SymPy judges both sides by the same rule. What is answered wrongly is told by name.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from benchmarks.mathsteps.judge import is_right
from inference.errors import InferenceError
from inference.rules import parse_problem
from inference.rules.solver import solve_problem

FOLDER = Path(__file__).parent
GENERATOR = "mathgenerator==1.5.0"
MATHSTEPS = "mathsteps@0.2.0"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side did with one problem; no answer when it could not."""

    answer: str | None
    num_steps: int
    ms: float | None


def install(folder: Path) -> tuple[Path, Path]:
    """Install generator and rival. Returns the Python and the node modules to use."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([python, "-m", "pip", "install", "-q", GENERATOR], **quiet)
    npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), MATHSTEPS]
    subprocess.run(npm, **quiet)
    return python, folder / "node_modules"


def draw(python: Path, *, seed: int, each: int) -> list[dict[str, Any]]:
    """The problems, in the generator's own words."""
    command = [python, FOLDER / "generate.py", str(seed), str(each)]
    drawn = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    problems: list[dict[str, Any]] = json.loads(drawn)
    return problems


def ask_mathsteps(problems: list[dict[str, Any]], modules: Path, folder: Path) -> list[Outcome]:
    """Every problem that mathsteps has a notation for, in one node process."""
    path = folder / "problems.json"
    path.write_text(json.dumps(problems))
    command = ["node", FOLDER / "solve.js", path]
    environment = {"NODE_PATH": str(modules), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return [Outcome(each["answer"], each["steps"], each["ms"]) for each in json.loads(run.stdout)]


def ask_ours(text: str) -> Outcome:
    """One problem, in the words of the generator."""
    try:
        solve_problem(parse_problem(text), language="en")
        started = time.perf_counter()
        solution = solve_problem(parse_problem(text), language="en")
    except InferenceError:
        return Outcome(None, 0, None)
    ms = (time.perf_counter() - started) * 1000
    return Outcome(solution.answer_latex, len(solution.steps), ms)


@dataclass(frozen=True, slots=True)
class Row:
    """The problems of one kind and what both sides did with them."""

    name: str
    problems: list[dict[str, Any]]
    ours: list[Outcome]
    theirs: list[Outcome]

    def counts(self, outcomes: list[Outcome], *, is_ours: bool) -> tuple[int, int]:
        """How many were answered, and how many of these rightly."""
        pairs = [(p, o) for p, o in zip(self.problems, outcomes, strict=True) if o.answer]
        right = sum(is_right(p, str(o.answer), is_ours=is_ours) for p, o in pairs)
        return len(pairs), right


def report(rows: list[Row]) -> str:
    """The table: a line a kind, then all of them."""
    lines = [
        "| kind | problems | ours: solved | right | mathsteps: solved | right |",
        "|---|---|---|---|---|---|",
    ]
    everything = Row(
        "**all**",
        [p for row in rows for p in row.problems],
        [o for row in rows for o in row.ours],
        [o for row in rows for o in row.theirs],
    )
    for row in [*rows, everything]:
        solved, right = row.counts(row.ours, is_ours=True)
        their_solved, their_right = row.counts(row.theirs, is_ours=False)
        num = len(row.problems)
        lines.append(
            f"| {row.name} | {num} | {solved} | {right} | {their_solved} | {their_right} |"
        )
    both = [
        (o, t)
        for p, o, t in zip(everything.problems, everything.ours, everything.theirs, strict=True)
        if o.answer and t.answer
    ]
    theirs = sum(bool(t.answer) for t in everything.theirs)
    lines += [
        "",
        f"Of the {theirs} that mathsteps answers, ours answers {len(both)}.",
        "",
        "| of what both answer | steps a problem | ms, median | ms, 99th percentile |",
        "|---|---|---|---|",
        _timing("ours", [o for o, _ in both]),
        _timing("mathsteps", [t for _, t in both]),
    ]
    return "\n".join(lines)


def _timing(name: str, outcomes: list[Outcome]) -> str:
    times = [o.ms for o in outcomes if o.ms is not None]
    steps = mean(o.num_steps for o in outcomes)
    return f"| {name} | {steps:.1f} | {median(times):.1f} | {quantiles(times, n=100)[98]:.1f} |"


def wrong_answers(rows: list[Row]) -> list[str]:
    """What either side answered wrongly, by name."""
    return [
        f"{side}: {problem['text']} -> {outcome.answer}"
        for row in rows
        for side, outcomes in (("ours", row.ours), ("mathsteps", row.theirs))
        for problem, outcome in zip(row.problems, outcomes, strict=True)
        if outcome.answer and not is_right(problem, outcome.answer, is_ours=side == "ours")
    ]


def main() -> int:
    """Measure, print, and fail when ours gave a wrong answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--each", type=int, default=13, help="problems of a kind")
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mathsteps-") as name:
        folder = Path(name)
        print("Installing mathgenerator and mathsteps ...", file=sys.stderr)
        python, modules = install(folder)
        problems = draw(python, seed=arguments.seed, each=arguments.each)
        theirs = ask_mathsteps(problems, modules, folder)
    ours = [ask_ours(problem["text"]) for problem in problems]
    rows = []
    for kind in dict.fromkeys(problem["kind"] for problem in problems):
        places = [place for place, problem in enumerate(problems) if problem["kind"] == kind]
        rows.append(
            Row(
                kind.replace("_", " "),
                [problems[place] for place in places],
                [ours[place] for place in places],
                [theirs[place] for place in places],
            )
        )
    print(report(rows))
    wrong = wrong_answers(rows)
    if wrong:
        print("\nAnswered wrongly:", *wrong, sep="\n- ")
    return int(any(line.startswith("ours") for line in wrong))


if __name__ == "__main__":
    raise SystemExit(main())
