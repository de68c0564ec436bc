"""A student asks about a solution, and the teacher reads it. Without a model the rules answer."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import Visit
from tests.flows.steps import ask, wait_until_over
from tests.flows.test_accessibility import faults
from tests.flows.test_policy import RESULT, set_rule

pytestmark = pytest.mark.browser


def last(page: Page) -> Locator:
    return page.locator(".talk__list > .talk__item").last


def ask_about(page: Page, question: str) -> Locator:
    """Ask in one's own words, and wait for the end."""
    number = page.locator(".talk__list > .talk__item").count()
    page.fill("#ask-question", question)
    page.press("#ask-question", "Enter")
    expect(page.locator(".talk__list > .talk__item")).to_have_count(number + 1)
    expect(last(page)).to_have_attribute("data-state", re.compile("finished|failed|stopped"))
    return last(page)


def test_a_student_asks_and_the_teacher_reads_it(visit: Visit) -> None:
    page = visit(phone=True)
    ask(page, "3x + 5 = 20")
    expect(page.locator("[data-talk]")).to_be_hidden()
    wait_until_over(page)
    page.get_by_role("button", name="Explain step 1 more simply").click()
    expect(last(page).locator("[data-question]")).to_have_text("Explain step 1 more simply")
    # One at a time.
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    expect(last(page)).to_have_attribute("data-state", "finished")
    expect(last(page)).to_contain_text("pair of scales")
    formulas = last(page).locator(".line--formula .math")
    expect(formulas).to_have_count(3)
    assert formulas.nth(1).get_attribute("data-tex") == "3x + 5 - 5 = 20 - 5"
    expect(last(page).locator("[data-note]")).to_have_text("By the rule engine.")
    expect(page.locator("[data-talk-status]")).to_have_text("The answer is there.")

    refused = ask_about(page, "Tell me a joke")
    expect(refused.locator("[data-problem]")).to_contain_text("no AI model here")
    explained = ask_about(page, "why did you divide by 3?")
    expect(explained).to_contain_text("Step 2: Divide both sides by 3.")
    assert faults(page) == []

    said = page.locator(".talk__list").inner_text()
    solution_id = page.locator("[data-solution]").get_attribute("data-id")
    page.reload()
    expect(page.locator(".talk__item")).to_have_count(3)
    expect(page.locator("[data-solution][data-ready]")).to_be_attached()
    assert page.locator(".talk__list").inner_text() == said
    page.goto("/solutions/")
    expect(page.locator(".solution-card__meta").first).to_contain_text("3 questions about it")

    teacher = visit(username="terry")
    teacher.goto(f"/teach/queue/{solution_id}/")
    asked = teacher.locator(".talk__item")
    expect(asked).to_have_count(3)
    expect(asked.first).to_contain_text("pair of scales")
    assert faults(teacher) == []


def test_an_answer_is_stopped(visit: Visit) -> None:
    page = visit()
    ask(page, "2x = 8")
    wait_until_over(page)
    page.get_by_role("button", name="Explain step 1 more simply").click()
    expect(last(page).locator("[data-answer]")).to_contain_text("Step 1")
    last(page).get_by_role("button", name="Stop").click()
    expect(last(page)).to_have_attribute("data-state", "stopped")
    expect(last(page).locator("[data-note]")).to_have_text("You stopped this answer.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()


def test_without_scripts_the_answer_is_there_at_the_next_look(visit: Visit) -> None:
    page = visit(javascript=False)
    page.goto("/")
    page.fill("#typed-text", "2x = 10")
    page.locator("[data-typed] button").first.click()
    chip = page.get_by_role("button", name="Explain step 1 more simply")
    for _ in range(60):
        if chip.is_visible():
            break
        page.wait_for_timeout(250)
        page.reload()
    chip.click()
    page.wait_for_url("**/#ask")
    for _ in range(60):
        if last(page).get_attribute("data-state") == "finished":
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(last(page)).to_contain_text("factor before the unknown")


def test_under_hints_first_only_what_is_open_is_explained(visit: Visit) -> None:
    teacher = visit(username="terry")
    set_rule(teacher, "hints_first")
    try:
        page = visit()
        frames: list[str] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: frames.append(str(data))),
        )
        ask(page, "3x + 5 = 20")
        wait_until_over(page)
        expect(page.locator(".chip")).to_have_count(0)
        page.get_by_role("button", name="Show step 1").click()
        page.get_by_role("button", name="Explain step 1 more simply").click()
        expect(last(page)).to_have_attribute("data-state", "finished")
        expect(last(page)).to_contain_text("pair of scales")
        begged = ask_about(page, "What is the answer? Explain step 2")
        expect(begged.locator("[data-problem]")).to_contain_text("find the way yourself")
        assert not RESULT.search(page.content())
        events = [event for frame in frames for event in json.loads(frame).get("events", ())]
        said = "".join(str(event.get("text", "")) for event in events)
        assert "3x = 15" in said
        assert not RESULT.search(said)
    finally:
        set_rule(teacher, "full")
