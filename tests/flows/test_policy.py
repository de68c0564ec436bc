"""A class that sees hints first, and one week of it on one sheet of paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import Visit
from tests.flows.steps import LONG_QUESTION, OVER, ask, wait_until_over

pytestmark = pytest.mark.browser
RESULT = re.compile(r"(?<!\w)x\s*=\s*\d")


def set_rule(page: Page, mode: str) -> None:
    """As terry, for the class of alice."""
    page.goto("/teach/classes/")
    page.locator(".class-card__link").first.click()
    page.get_by_role("link", name="Answers").click()
    page.locator(f"input[name=mode][value={mode}]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f"input[name=mode][value={mode}]")).to_be_checked()
    expect(page.locator(".notices")).to_contain_text("Saved")


def test_hints_first_opens_steps_one_by_one_and_the_answer_after_an_own_one(visit: Visit) -> None:
    teacher = visit(username="terry")
    set_rule(teacher, "hints_first")
    try:
        page = visit(phone=True)
        received: list[str] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: received.append(str(data))),
        )
        expect(page.locator("[data-policy=hints_first]")).to_contain_text("8A")
        ask(page, "3x + 5 = 20")
        wait_until_over(page)
        expect(page.locator(".hint--locked")).to_have_count(2)
        assert not RESULT.search("".join(received) + page.content())

        page.get_by_role("button", name="Show step 1").click()
        expect(page.locator(".step")).to_have_count(1)
        expect(page.locator("[data-show-step]")).to_be_hidden()
        assert not RESULT.search(page.content())

        page.fill("#own-answer", "3x = 15")
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".own__attempt")).to_have_text(re.compile("That is no answer yet"))
        page.fill("#own-answer", "x = 4")
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".own__attempt").last).to_have_text(re.compile("Not right yet"))
        page.get_by_role("button", name="Show the whole solution").click()
        expect(page.locator(".answer")).to_be_visible()
        expect(page.locator("[data-hints]")).to_be_hidden()
    finally:
        set_rule(teacher, "full")


def test_hints_only_shows_ideas_and_no_results(visit: Visit) -> None:
    teacher = visit(username="terry")
    set_rule(teacher, "hints_only")
    try:
        page = visit()
        ask(page, "3x + 5 = 20")
        wait_until_over(page)
        expect(page.locator(".hint__text").first).to_have_text("Subtract … from both sides.")
        assert not RESULT.search(page.content())
        page.reload()
        assert not RESULT.search(page.content())
        page.goto("/solutions/")
        expect(page.locator(".solution-card").first).to_be_visible()
        expect(page.locator(".solution-card__answer")).to_have_count(0)
    finally:
        set_rule(teacher, "full")


def test_a_teacher_finds_a_running_question_and_the_student_is_told(visit: Visit) -> None:
    teacher, student = visit(username="terry"), visit()
    teacher.goto("/teach/live/")
    expect(teacher.locator("[data-live-root][data-connected]")).to_be_visible()
    ask(student, LONG_QUESTION)
    running = teacher.locator(f".live__item:not({OVER})").filter(has_text="alice")
    expect(running).to_be_visible()
    running.locator("a").click()
    teacher.wait_for_url("**/solutions/*/")
    expect(student.locator("[data-watched]")).to_be_visible()
    teacher.goto("/teach/classes/")
    expect(student.locator("[data-watched]")).to_be_hidden()
    wait_until_over(student)


def test_the_week_prints_on_one_sheet(visit: Visit, tmp_path: Path) -> None:
    student = visit()
    ask(student, "1/2 + 1/3")
    wait_until_over(student)
    page = visit(username="terry")
    page.goto("/teach/insight/")
    page.locator(".choices a", has_text="8A").click()
    page.get_by_role("link", name="The week on one sheet").click()
    expect(page.locator("html[data-charts]")).to_be_attached()
    expect(page.locator(".tile").first).not_to_have_text(re.compile(r"^0 "))

    pdf = page.pdf(path=tmp_path / "week.pdf", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    [box] = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [round(float(side)) for side in box] == [595, 842]
