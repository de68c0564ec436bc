"""Flows of review: a teacher works through the queue, and what is said reaches the student."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.flows import steps as do
from tests.flows.conftest import Site, Visit, Watch

pytestmark = pytest.mark.browser


def ask_many(page: Page, questions: list[str]) -> None:
    """Hand in questions as the page does, and wait until each has come to its end."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    for text in questions:
        answer = page.request.post(
            "/solutions/",
            form={"text": text, "language": "en"},
            headers={"X-CSRFToken": token, "Referer": page.url, "Accept": "application/json"},
        )
        assert answer.status == 201
        url = answer.json()["url"]
    page.goto(url)
    do.wait_until_over(page)


def open_queue(page: Page, query: str) -> None:
    page.goto(f"/teach/queue/?q={query}")
    page.wait_for_selector("[data-queue][data-ready]")


def wait_for_review(page: Page) -> None:
    page.wait_for_selector("[data-review][data-ready]")


def test_ten_items_are_worked_through_by_keyboard_alone(visit: Visit) -> None:
    student = visit(username="bob")
    ask_many(student, [f"5w + {number} = {number + 30}" for number in range(1, 11)])
    page = visit(username="terry")
    open_queue(page, "5w")
    items = page.locator("[data-item]")
    expect(items).to_have_count(10)

    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(items.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(items.nth(0)).to_be_focused()
    for number in range(6):
        page.keyboard.press("a")
        expect(items.nth(number)).to_have_attribute("data-done", "approved")
        expect(items.nth(number + 1)).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#reject-reason")).to_be_focused()
    page.keyboard.type("Please use the other method.")
    page.keyboard.press("Control+Enter")
    expect(items.nth(6)).to_have_attribute("data-done", "rejected")
    expect(items.nth(7)).to_be_focused()

    # The eighth is opened for editing, changed and saved; that leads to the ninth, then the tenth.
    page.keyboard.press("e")
    wait_for_review(page)
    expect(page.locator("#formulas-1")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("5w = 120/4")
    expect(page.locator("[data-part='1'] [data-check]")).to_have_attribute(
        "data-verdict", "verified"
    )
    first = page.url
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first and "/queue/" in url)
    for _ in range(2):
        wait_for_review(page)
        here = page.url
        page.keyboard.press("a")
        page.wait_for_url(lambda url, here=here: url != here)
    page.wait_for_selector("[data-queue][data-ready]")
    expect(page.get_by_text("Nothing fits these filters.")).to_be_visible()
    page.goto("/teach/queue/?q=5w&review=reviewed")
    expect(page.locator("[data-item]")).to_have_count(10)


def test_a_corrected_reading_is_solved_anew_for_the_student(visit: Visit) -> None:
    student = visit(username="bob")
    do.ask(student, "7v + 1 = 15")
    do.wait_until_over(student)
    mine = student.url
    page = visit(username="terry")
    open_queue(page, "7v")
    page.locator("[data-open]").first.click()
    wait_for_review(page)
    page.get_by_text("It was read wrong").click()
    page.fill("#reread-text", "7v + 1 = 22")
    first = page.url
    page.get_by_role("button", name="Solve this instead").click()
    page.wait_for_url(lambda url: url != first)
    expect(page.locator("[data-part='0'] [data-shown]")).to_contain_text("v = 3", timeout=30_000)

    student.goto(mine)
    expect(student.locator(".teacher-word__head")).to_have_text(
        re.compile("Your teacher corrected what was read")
    )
    student.get_by_role("link", name="See the new solution").click()
    student.wait_for_url(lambda url: url != mine)
    do.wait_until_over(student)
    assert do.answer(student) == ["v = 3"]


def test_an_edited_step_appears_on_the_students_page_at_once(visit: Visit) -> None:
    student = visit(username="alice")
    do.ask(student, "4u - 8 = 12")
    do.wait_until_over(student)
    student.wait_for_selector("html[data-notices=live]")
    student.fill("#report-comment", "Where does the 20 come from?")
    student.get_by_role("button", name="I do not understand").click()
    expect(student.locator("[data-report-done]")).to_be_visible()

    page = visit(username="terry")
    open_queue(page, "4u")
    item = page.locator("[data-item]").first
    expect(item).to_contain_text("The student does not understand it")
    expect(item).to_contain_text("Where does the 20 come from?")
    item.locator("[data-open]").click()
    wait_for_review(page)
    page.locator("[data-part='1'] [data-edit]").click()
    page.fill("#formulas-1", "4u = 12 + ")
    expect(page.locator("[data-part='1'] [data-problems]")).not_to_be_empty()
    page.fill("#formulas-1", "4u = 12 + 8\n4u = 20")
    expect(page.locator("[data-part='1'] [data-check]")).to_have_attribute(
        "data-verdict", "verified"
    )
    page.fill("#note", "Write the line in between.")
    page.get_by_role("button", name="Save corrections").click()

    word = student.locator(".teacher-word")
    expect(word).to_contain_text("Your teacher corrected step 1")
    expect(word).to_contain_text("Write the line in between.")
    expect(student.locator("[data-step='1'] .corrected .math")).to_have_count(2)
    expect(student.locator("[data-step='1'] .corrected")).to_contain_text("Checked")
    student.reload()
    expect(student.locator("[data-step='1'].is-corrected")).to_be_visible()


@pytest.fixture
def co_teacher(site: Site) -> Iterator[str]:
    """tina teaches alice's class as well, for as long as the test runs."""
    database = site.data_dir / "db.sqlite3"
    with sqlite3.connect(database) as connection:
        user, classroom = connection.execute(
            "SELECT u.id, m.classroom_id FROM accounts_user u, accounts_membership m "
            "JOIN accounts_user a ON a.id = m.user_id "
            "WHERE u.username = 'tina' AND a.username = 'alice'"
        ).fetchone()
        made = connection.execute(
            "INSERT INTO accounts_membership (user_id, classroom_id, created_at) "
            "VALUES (?, ?, datetime('now'))",
            [user, classroom],
        ).lastrowid
    yield "tina"
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM accounts_membership WHERE id = ?", [made])


def test_of_two_teachers_the_later_one_is_told_and_loses_nothing(
    visit: Visit, watch: Watch, co_teacher: str
) -> None:
    watch.expect("status of 409")
    student = visit(username="alice")
    do.ask(student, "9t + 9 = 45")
    do.wait_until_over(student)
    page, other = visit(username="terry"), visit(username=co_teacher)
    for one in (page, other):
        open_queue(one, "9t")
        one.locator("[data-open]").first.click()
        wait_for_review(one)
    other.locator("[data-part='1'] [data-edit]").click()
    other.fill("#formulas-1", "9t = 45 - 9")
    expect(other.locator("[data-part='1'] [data-check]")).to_have_attribute(
        "data-verdict", "verified"
    )
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_selector("[data-queue][data-ready]")

    other.get_by_role("button", name="Save corrections").click()
    expect(other.locator("[data-conflict]")).to_contain_text("terry was faster")
    expect(other.locator("#history")).to_contain_text("approved")
    expect(other.locator("#formulas-1")).to_have_value("9t = 45 - 9")
    other.reload()
    wait_for_review(other)
    expect(other.locator("#formulas-1")).to_have_value("9t = 45 - 9")
    other.get_by_role("button", name="Save corrections").click()
    other.wait_for_selector("[data-queue][data-ready]")
    student.reload()
    expect(student.locator(".teacher-word")).to_contain_text("corrected step 1")


def test_the_badge_counts_up_while_the_teacher_looks_elsewhere(visit: Visit) -> None:
    page = visit(username="terry")
    page.goto("/teach/queue/")
    page.goto("/teach/classes/")
    page.wait_for_selector("html[data-notices=live]")
    expect(page.locator("[data-unread]")).to_be_hidden()
    student = visit(username="bob")
    do.ask(student, "sin(s) + s^5 = 1")
    do.wait_until_over(student)
    expect(page.locator("[data-unread]")).to_have_text(re.compile("1"))


def test_steps_are_added_and_removed_by_keyboard_and_the_student_sees_both(visit: Visit) -> None:
    student = visit(username="alice")
    do.ask(student, "6(k - 2) = 30")
    do.wait_until_over(student)
    student.wait_for_selector("html[data-notices=live]")
    page = visit(username="terry")
    open_queue(page, "6(k")
    page.locator("[data-open]").first.click()
    wait_for_review(page)
    parts = page.locator("[data-part]")
    num_parts = parts.count()

    page.locator("[data-part='1'] [data-edit]").focus()
    page.keyboard.press("n")
    added = parts.nth(1)
    expect(added.locator("[data-title]")).to_be_focused()
    page.keyboard.type("Write the division as a fraction.")
    page.keyboard.press("Tab")
    page.keyboard.type("k - 2 = 30/")
    expect(added.locator("[data-problems]")).not_to_be_empty()
    expect(page.locator("[data-draft-text]")).to_have_text("Draft saved")
    page.reload()
    wait_for_review(page)
    expect(parts).to_have_count(num_parts + 1)
    expect(added.locator("mark")).to_be_visible()
    added.locator("textarea").focus()
    page.keyboard.press("End")
    page.keyboard.type("6")
    expect(added.locator("[data-check]")).to_have_attribute("data-verdict", "verified")
    page.keyboard.press("Escape")

    page.locator("[data-part='2'] [data-edit]").focus()
    page.keyboard.press("d")
    expect(page.locator("[data-part='2'].is-removed")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("[data-part='2'].is-removed")).to_have_count(0)
    page.keyboard.press("d")
    page.get_by_role("button", name="Save corrections").click()

    expect(student.locator(".teacher-word")).to_contain_text(
        "Your teacher added a step and removed step 2"
    )
    sections = student.locator("[data-sections] > *")
    expect(sections.nth(1)).to_contain_text("Write the division as a fraction.")
    expect(sections.nth(1)).to_contain_text("Checked")
    expect(sections.nth(2)).to_have_class(re.compile("is-removed"))
    student.reload()
    expect(sections.nth(1)).to_contain_text("Added by your teacher")
