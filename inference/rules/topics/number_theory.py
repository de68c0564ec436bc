"""Whole numbers: prime factors, all factors, greatest common divisor, least common multiple."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from inference.rules.build import number, power
from inference.rules.nodes import (
    Call,
    Chain,
    Listing,
    Mul,
    Node,
    Number,
    Relation,
    RelationOperator,
    System,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

MAX_FACTORED = 10**9
# From here on Euclid's way is shorter than looking for primes.
MAX_BY_PRIMES = 10_000
MAX_NUMBERS = 5
MAX_PAIRS = 24
_EQUALS: RelationOperator = "="


def covers(problem: Problem) -> bool:
    """Whether it asks for divisors, primes or common ones."""
    return problem.intent in {Intent.PRIME_FACTORS, Intent.DIVISORS} or _is_common(problem.node)


def _is_common(node: Node) -> bool:
    return isinstance(node, Call) and node.name in {"gcd", "lcm"}


def solve(problem: Problem, trace: Trace) -> Node:
    """Find what is asked for.

    Raises:
        UnsupportedProblemError: The numbers are not whole, are zero, or are too large or too many.
    """
    node = problem.expressions[0]
    if isinstance(node, Call):
        numbers = _whole(node.args)
        return _gcd(numbers, trace) if node.name == "gcd" else _lcm(numbers, trace)
    numbers = _whole(node.items if isinstance(node, Listing) else (node,))
    if problem.intent is Intent.PRIME_FACTORS:
        return _prime_factorisation(numbers[0], trace)
    return _divisors(numbers, trace)


def _whole(nodes: tuple[Node, ...]) -> list[int]:
    numbers = [int(each.value) for each in nodes if isinstance(each, Number) and each.value >= 1]
    if len(numbers) != len(nodes) or any(isinstance(n, Number) and n.is_decimal for n in nodes):
        raise RefusedError("positive_whole_numbers")
    if len(numbers) > MAX_NUMBERS:
        raise RefusedError("too_many_numbers")
    return numbers


def prime_factors(value: int) -> Counter[int]:
    """The prime factors of a whole number from 1 on, with how often each occurs.

    Raises:
        UnsupportedProblemError: It is too large.
    """
    if value > MAX_FACTORED:
        raise RefusedError("too_large_to_factor")
    found: Counter[int] = Counter()
    rest, prime = value, 2
    while prime * prime <= rest:
        while rest % prime == 0:
            rest //= prime
            found[prime] += 1
        prime += 1 if prime == 2 else 2
    if rest > 1:
        found[rest] += 1
    return found


def factored_node(primes: Counter[int], rest: int = 1) -> Node:
    """`2^3 \\times 3^2`, and what is not factored yet behind it."""
    factors = [power(number(prime), count) for prime, count in sorted(primes.items()) if count]
    if rest > 1:
        factors.append(number(rest))
    if not factors:
        return number(1)
    return factors[0] if len(factors) == 1 else Mul(tuple(factors), "×")


# -- prime factors -----------------------------------------------------------------------------


def _prime_factorisation(value: int, trace: Trace) -> Node:
    primes = prime_factors(value)
    if value == 1:
        trace.note("one_has_no_primes", number(1))
        return number(1)
    if primes == Counter([value]):
        trace.note("is_prime_itself", number(value), limit=math.isqrt(value), value=value)
        return number(value)
    done: Counter[int] = Counter()
    rest = value
    for prime, count in sorted(primes.items()):
        if prime == rest:
            break
        before, rest = rest, rest // prime**count
        done[prime] = count
        _write_division(prime, count, before, factored_node(done, rest), trace)
    return factored_node(primes)


def _write_division(prime: int, count: int, before: int, line: Node, trace: Trace) -> None:
    rules = {2: "divide_by_two", 3: "divide_by_three", 5: "divide_by_five"}
    rule = rules.get(prime, "divide_by_prime")
    values: dict[str, Node | int | str] = {"value": before}
    if prime == 3:
        values["sum"] = sum(map(int, str(before)))
    if prime not in rules:
        values["prime"] = prime
    if count > 1:
        rule += "_often"
        values["count"] = count
    trace.write(rule, line, values)


# -- all factors -------------------------------------------------------------------------------


def _divisors(numbers: list[int], trace: Trace) -> Node:
    value = numbers[0]
    if len(numbers) > 1:
        value = math.gcd(*numbers)
        asked = Call("gcd", tuple(map(number, numbers)))
        _write_gcd(numbers, trace, around=lambda node: Relation("=", asked, node))
        trace.note("common_divisors_divide_gcd", Relation("=", asked, number(value)), value=value)
    small = [n for n in range(1, math.isqrt(value) + 1) if value % n == 0] if value > 1 else [1]
    if value > MAX_FACTORED or len(small) > MAX_PAIRS:
        raise RefusedError("too_large_to_factor")
    answer = Listing(tuple(map(number, sorted({*small, *(value // n for n in small)}))))
    if value > 1:
        pairs = [Mul((number(n), number(value // n)), "×") for n in small]
        line = Chain((number(value), *pairs), tuple(_EQUALS for _ in pairs))
        trace.add("products_that_give", line, value=value)
    trace.note("list_divisors", answer)
    return answer


# -- common divisors and multiples -------------------------------------------------------------


def _gcd(numbers: list[int], trace: Trace) -> Node:
    value = math.gcd(*numbers)
    _write_gcd(numbers, trace)
    answer = number(value)
    trace.add("multiply", answer)
    return answer


def _write_gcd(
    numbers: list[int], trace: Trace, around: Callable[[Node], Node] = lambda node: node
) -> None:
    """The lines up to the product of primes, or the number where there is nothing to multiply."""
    value = math.gcd(*numbers)
    if value in numbers:
        trace.note("smallest_divides_all", around(number(value)), value=value)
        return
    if max(numbers) > MAX_BY_PRIMES:
        _write_euclid(numbers, trace, around)
        return
    _write_factored(numbers, trace)
    if value == 1:
        trace.note("no_common_prime", around(number(1)))
        return
    trace.note("common_primes_lowest", around(factored_node(prime_factors(value))))


def _write_euclid(numbers: list[int], trace: Trace, around: Callable[[Node], Node]) -> None:
    """Divide, keep the divisor and the remainder, until nothing remains."""
    larger, smaller, *others = sorted(numbers, reverse=True)
    while True:
        quotient, rest = divmod(larger, smaller)
        if not rest:
            break
        kept = Call("gcd", tuple(map(number, (smaller, rest, *others))))
        values = {"larger": larger, "smaller": smaller, "quotient": quotient, "remainder": rest}
        trace.note("euclid", around(kept), **values)
        larger, smaller = smaller, rest
    if others:
        left = Call("gcd", tuple(map(number, (smaller, *others))))
        trace.note("euclid_one_down", around(left), larger=larger, smaller=smaller)
        _write_euclid([smaller, *others], trace, around)
        return
    trace.note("euclid_ends", around(number(smaller)), larger=larger, smaller=smaller)


def _lcm(numbers: list[int], trace: Trace) -> Node:
    value = math.lcm(*numbers)
    if value in numbers:
        trace.note("largest_is_multiple", number(value), value=value)
        return number(value)
    if max(numbers) > MAX_BY_PRIMES and len(numbers) == 2:
        return _lcm_by_gcd(numbers, trace)
    _write_factored(numbers, trace)
    primes: Counter[int] = Counter()
    for each in numbers:
        primes |= prime_factors(each)
    trace.note("all_primes_highest", factored_node(primes))
    trace.add("multiply", number(value))
    return number(value)


def _lcm_by_gcd(numbers: list[int], trace: Trace) -> Node:
    first, second = numbers
    divisor = math.gcd(first, second)
    line = Mul((number(first // divisor), number(second)), "×")
    trace.note("lcm_by_gcd", line, value=divisor)
    answer = number(math.lcm(first, second))
    trace.add("multiply", answer)
    return answer


def _write_factored(numbers: list[int], trace: Trace) -> None:
    distinct = [each for each in dict.fromkeys(numbers) if each > 1]
    lines = [Relation("=", number(n), factored_node(prime_factors(n))) for n in distinct]
    shown = [line for line in lines if line.left != line.right]
    if not shown:
        return
    line = shown[0] if len(shown) == 1 else System(tuple(shown))
    trace.note("factor_into_primes", line)
