"""How the checks word their verdicts, and how those of several lines become one.

| verdict | reason | meaning |
|---|---|---|
| verified | `equal` | the line equals what was asked for |
| | `identity` | the line is true by itself, such as `15 / 3 = 5` |
| | `same_solutions` | the line has exactly the solutions of the problem |
| | `implied` | the line follows from the system, without replacing it |
| | `definition` | the letters introduced have the values that they must have |
| | `domain` | the line says where the problem has a meaning |
| | `rounded` | the decimal is the exact value, correctly rounded |
| | `substitution` | the answer satisfies the problem, and nothing else does |
| failed | `counterexample` | the values in `detail` satisfy one side only |
| | `lost_solution` | `detail` solves the problem and is missing here |
| | `extraneous_solution` | `detail` is given here and does not solve the problem |
| | `missing_constant` | the answer to an indefinite integral without its constant |
| not checkable | `unparsable` | the line is not understood completely |
| | `unsupported` | it is understood, and no method here decides it |
| | `timeout` | deciding takes too long |
| | `no_claim` | the step states nothing that could be true or false |
| | `trivial` | it states something true that says nothing |
| | `partial_solution` | one case of several |
| | `extraneous_possible` | a step that may add solutions, such as squaring, did |
| | `restated` | the answer is the question |
| | `unfinished` | the answer is right, as far as it goes |
| | `approximate` | only nearly right, and not asked for |
| | `missing_constant` | an indefinite integral on the way, its constant left for later |
| | `narrower` | the answer has no value for some numbers for which the problem has |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference.types import Check, Verdict


def verified(reason: str, **detail: Any) -> Check:
    return Check(Verdict.VERIFIED, reason, _plain(detail))


def failed(reason: str, **detail: Any) -> Check:
    return Check(Verdict.FAILED, reason, _plain(detail))


def not_checkable(reason: str, **detail: Any) -> Check:
    return Check(Verdict.NOT_CHECKABLE, reason, _plain(detail))


def combine(checks: Sequence[Check]) -> Check:
    """The verdict on all lines together: one that failed fails them, one that was not checked
    leaves them unchecked; else the last line that is more than true by itself gives the reason,
    as that is where a step arrives."""
    for verdict in (Verdict.FAILED, Verdict.NOT_CHECKABLE):
        for check in checks:
            if check.verdict is verdict:
                return check
    if not checks:
        return not_checkable("no_claim")
    return next((check for check in reversed(checks) if check.reason != "identity"), checks[-1])


def _plain(detail: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in detail.items() if value is not None}
