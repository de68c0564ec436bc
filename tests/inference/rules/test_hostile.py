"""A short run of `benchmarks.hostile`: the same strings every time, through the sandbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.hostile import MEMORY_BYTES, hostile_strings, outcome
from inference.errors import MathSyntaxError
from inference.rules import parse_problem
from inference.rules.tasks import solve
from inference.verify.sandbox import SandboxPool

_COUNT = 330


@pytest.fixture(scope="module")
def pool() -> Iterator[SandboxPool]:
    found = SandboxPool(1, MEMORY_BYTES, 200)
    found.start()
    yield found
    found.stop()


def test_no_hostile_string_crashes_a_worker_and_the_next_question_is_served(
    pool: SandboxPool,
) -> None:
    outcomes: Counter[str] = Counter()
    for i, (_, text) in enumerate(hostile_strings(_COUNT, seed=3)):
        result = outcome(pool, text, is_answer=i % 4 == 3)
        outcomes[result] += 1
        assert result != "crashed", text[:200]
        if result == "timeout":
            assert outcome(pool, "3x + 5 = 20", is_answer=False) == "solved"
    assert outcomes["solved"] and outcomes["judged"] and outcomes["refused"]
    assert outcomes["timeout"] <= _COUNT // 100


@pytest.mark.parametrize(
    "text",
    [
        "().__class__.__bases__[0].__subclasses__()",
        "__import__('os').system('id')",
        "f(x) = x.__class__, find f(3)",
        "mean of __import__, 3",
        "9^{9^{9^{9}}}",
        "100000000!",
        "(" * 5000,
        "mean of " + "1, " * 400_000,
        "3\u202ex + 5 = 20",
    ],
)
def test_what_is_hostile_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem(text)
    assert caught.value.message.endswith(".")
    assert 0 <= caught.value.position <= len(text)


def test_zero_width_characters_change_nothing() -> None:
    assert solve("3x\u200b + 5\u2060 = 20", "en") == solve("3x + 5 = 20", "en")
