"""How much of a solution is told: every step, or steps that follow one another made one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from inference.rules import Detail, solve
from tests.flows.conftest import Visit
from tests.flows.steps import ask, wait_until_over
from tests.flows.test_accessibility import faults

pytestmark = pytest.mark.browser

QUESTION = "(7 - 3)^2 + 18 ÷ 3 - 2 × 4"


def _numbers(page: Page) -> Locator:
    return page.locator("[data-sections] > .step:not([hidden]) > .step__number")


def _choose(page: Page, name: str) -> None:
    page.get_by_role("group", name="How much to show").get_by_label(name).check(force=True)


def _is_told_as(page: Page, detail: Detail) -> None:
    """Whether the page has as many steps as the engine tells at this level, with their lines."""
    solution = solve(QUESTION).at(detail)
    expect(_numbers(page)).to_have_count(len(solution.steps))
    lines = page.locator("[data-sections] > .step:not([hidden]) .line--formula .math")
    told = lines.evaluate_all("all => all.map(e => e.dataset.tex)")
    assert told == [step.after for step in solution.steps]


def test_a_solution_is_told_in_three_levels_and_the_choice_stays(visit: Visit) -> None:
    page = visit(phone=True)
    ask(page, QUESTION)
    wait_until_over(page)
    _is_told_as(page, Detail.FULL)
    _choose(page, "Normal")
    _is_told_as(page, Detail.NORMAL)
    assert faults(page) == []
    page.reload()
    _is_told_as(page, Detail.NORMAL)
    _choose(page, "Short")
    _is_told_as(page, Detail.BRIEF)
    _choose(page, "Every step")
    _is_told_as(page, Detail.FULL)


def test_a_step_that_stands_for_several_opens_to_them(visit: Visit) -> None:
    page = visit(phone=True)
    ask(page, QUESTION)
    wait_until_over(page)
    count = _numbers(page).count()
    _choose(page, "Normal")
    group = page.locator(".step--group").first
    expect(group).to_have_attribute("data-verdict", "verified")
    button = group.get_by_role("button", name="Show these")
    button.press("Enter")
    expect(group.get_by_role("button", name="Hide these steps")).to_have_attribute(
        "aria-expanded", "true"
    )
    expect(page.locator(".step--member:not([hidden])")).to_have_count(count)
    group.get_by_role("button", name="Hide these steps").press("Enter")
    expect(page.locator(".step--member:not([hidden])")).to_have_count(0)


@pytest.mark.parametrize("question", ["47 × 6", "x^2 - 5x + 6"])
def test_where_nothing_could_be_told_in_fewer_steps_there_is_no_choice(
    visit: Visit, question: str
) -> None:
    page = visit(phone=True)
    ask(page, question)
    wait_until_over(page)
    expect(page.get_by_role("group", name="How much to show")).to_be_hidden()
