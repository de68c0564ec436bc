"""The main way: a question goes in, checked steps and an answer come out."""

from __future__ import annotations

import io
import json
import re
import sqlite3

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import FilePayload, Page, expect

from tests.flows import steps as do
from tests.flows.conftest import PHOTOS, Site, Visit, Watch

pytestmark = pytest.mark.browser


def test_a_photo_becomes_checked_steps_and_an_answer(visit: Visit) -> None:
    page = visit()
    do.solve_photo(page, "print-linear-plain.jpg")

    expect(page.locator("[data-reading-formula]")).to_be_visible()
    do.wait_until_over(page)
    assert do.formulas(page.locator("[data-reading]"))
    assert do.steps(page).count() >= 2
    for step in do.steps(page).all():
        expect(step.locator(".check__word")).to_have_text("Checked")
    assert len(do.answer(page)) == 1
    expect(page.locator(".answer .check__word")).to_have_text("Checked")
    expect(page.locator("[data-engine]")).to_contain_text("rule engine")
    expect(page.locator("[data-stop-form]")).to_be_hidden()
    expect(page.locator(".question__photo canvas")).to_be_visible()


def test_a_phone_shows_everything_without_scrolling_sideways(visit: Visit) -> None:
    page = visit(phone=True)
    expect(page.get_by_text("Take a photo", exact=True)).to_be_visible()
    pages = ["home"]
    do.choose_photo(page, "print-fraction-sum.jpg")
    do.wait_for_frame(page)
    pages.append("crop")
    for _ in pages:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-solve]").tap()
    page.wait_for_url("**/solutions/*/")
    do.wait_until_over(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/solutions/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/", "/solutions/", "/accounts/login/", "/accounts/signup/"])
def test_what_can_be_touched_is_large_enough(visit: Visit, path: str) -> None:
    page = visit(phone=True, username=None if "accounts" in path else "alice")
    page.goto(path)
    small = page.locator("main, header").locator(
        "button:visible, .button:visible, .site-nav__link:visible, input:visible"
    )
    sizes = small.evaluate_all(
        """all => all.filter(e => !e.matches('.visually-hidden, [type=checkbox], [type=radio]'))
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
            .map(([html]) => html)"""
    )

    assert sizes == []


def test_it_speaks_chinese_from_sign_in_to_answer(visit: Visit) -> None:
    page = visit(username=None, locale="zh-CN")
    page.goto("/accounts/login/")
    expect(page.locator("h1")).to_have_text("登录")
    page.fill("[name=login]", "bob")
    page.fill("[name=password]", "demo-bob")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    if page.locator("html").get_attribute("lang") != "zh-hans":
        page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("h1").first).to_have_text("哪道题卡住了？")
    do.solve_photo(page, "print-linear-chinese.jpg")
    do.wait_until_over(page)

    expect(page.locator("[data-status-text]")).to_have_text("已解出")
    expect(do.steps(page).first.locator("h3")).to_have_text("第 1 步")
    assert re.search(r"[\u4e00-\u9fff]", do.written(page)[0])
    expect(page.locator(".answer .check__word")).to_have_text("已验证")
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.locator("[data-status-text]")).to_have_text("Solved")
    # The page speaks English now, the explanation is still Chinese, and both say so.
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(do.steps(page).first.locator(".lines")).to_have_attribute("lang", "zh-hans")


def test_a_typed_question_shows_its_formula_before_it_is_sent(visit: Visit) -> None:
    page = visit()
    page.fill("#typed-text", "1/2 + 3/4")
    expect(page.locator("[data-preview] .preview__formula .katex")).to_be_visible()
    page.fill("#typed-text", "1/2 + + 3/4 )")
    expect(page.locator("[data-preview] .preview__error")).not_to_be_empty()
    page.fill("#typed-text", "1/2 + 3/4")
    page.press("#typed-text", "Enter")
    page.wait_for_url("**/solutions/*/")
    do.wait_until_over(page)

    assert do.answer(page) == ["\\frac{5}{4}"]


def test_an_example_can_be_tried_with_two_presses(visit: Visit) -> None:
    page = visit()
    page.locator("[data-example]").first.click()
    expect(page.locator("#typed-text")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/solutions/*/")
    do.wait_until_over(page)

    assert do.answer(page) == ["x = 5"]


def test_the_reading_can_be_corrected_and_solved_instead(visit: Visit) -> None:
    page = visit()
    do.solve_photo(page, "print-linear-plain.jpg")
    do.wait_until_over(page)
    first = page.url
    before = do.answer(page)
    page.get_by_role("button", name="Correct this").click()
    expect(page.locator("#edit-text")).to_be_focused()
    page.fill("#edit-text", "2x + 1 = 21")
    expect(page.locator("[data-edit-preview] .katex")).to_be_visible()
    page.get_by_role("button", name="Solve this instead").click()
    page.wait_for_url(lambda url: url != first)
    do.wait_until_over(page)

    assert do.answer(page) == ["x = 10"] != before
    expect(page.locator(".question__photo")).to_be_visible()
    page.get_by_role("link", name="The first reading").click()
    page.wait_for_url(first)


def put_in_doubt(site: Site, page: Page, *marks: dict[str, object]) -> None:
    """Mark signs of the solution on the page as doubtful, and show it again.

    Which photo leaves the reader in doubt changes with every improvement of the reader, so the
    doubt is put into the stored reading.
    """
    with sqlite3.connect(site.data_dir / "db.sqlite3") as database:
        database.execute(
            "UPDATE solutions_solution SET reading = json_set(reading, '$.uncertain', json(?)) "
            "WHERE id = ?",
            [json.dumps(marks), page.url.split("/")[-2].replace("-", "")],
        )
    page.reload()


def test_a_doubtful_reading_that_is_right_is_confirmed_with_one_press(
    visit: Visit, site: Site
) -> None:
    page = visit()
    do.ask(page, "x + 1 = 11")
    do.wait_until_over(page)
    put_in_doubt(site, page, {"start": 4, "end": 5, "confidence": 0.6, "alternatives": ["7"]})
    first = page.url
    page.get_by_role("button", name="Yes, you read it right").click()
    page.wait_for_url(lambda url: url != first)
    do.wait_until_over(page)

    assert do.answer(page) == ["x = 10"]
    expect(page.locator("[data-uncertain]")).to_be_hidden()
    expect(page.locator(".answer")).to_have_attribute("data-verdict", "verified")


def test_a_sign_that_was_hard_to_read_can_be_changed_with_two_presses(
    visit: Visit, site: Site
) -> None:
    page = visit()
    do.ask(page, "x + 1 = 11")
    do.wait_until_over(page)
    put_in_doubt(
        site,
        page,
        {"start": 4, "end": 5, "confidence": 0.6, "alternatives": ["7", ""]},
        {"start": 8, "end": 10, "confidence": 0.5, "alternatives": ["17"]},
    )
    first = page.url
    expect(page.locator("[data-uncertain-line] mark")).to_have_text(["1", "11"])
    expect(page.locator("[data-uncertain-options] button")).to_have_text(
        [" 1 → 7 ", " 1 →  ", "11→17"], use_inner_text=False
    )
    page.get_by_role("button", name="Change 11 to 17").click()
    expect(page.locator("#edit-text")).to_have_value("x + 1 = 17")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    do.wait_until_over(page)

    assert do.answer(page) == ["x = 16"]
    expect(page.locator("[data-uncertain]")).to_be_hidden()


def test_a_photo_without_a_question_is_no_dead_end(visit: Visit) -> None:
    page = visit()
    do.solve_photo(page, "none-drawing.jpg")
    do.wait_until_over(page)

    expect(page.locator("[data-failed-message]")).to_contain_text("could not find a question")
    failed = page.url
    page.get_by_role("button", name="Type the question").click()
    expect(page.locator("#edit-text")).to_be_focused()
    page.fill("#edit-text", "x + 1 = 3")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != failed)
    do.wait_until_over(page)
    assert do.answer(page) == ["x = 2"]
    page.goto(failed)
    page.get_by_role("link", name="Take another photo").click()
    page.wait_for_url("**/")


def test_a_question_beyond_the_rules_is_admitted_and_can_be_changed(visit: Visit) -> None:
    page = visit()
    do.ask(page, "sin(x) + x^5 = 1")
    do.wait_until_over(page)

    expect(page.locator("article")).to_have_attribute("data-state", "failed")
    expect(page.locator("[data-failed-message]")).not_to_be_empty()
    page.fill("#edit-text", "x + 1 = 3")
    page.get_by_role("button", name="Solve this instead").click()
    expect(page.locator("article")).to_have_attribute("data-state", "finished", timeout=60_000)


def test_a_blurred_photo_gets_advice_and_may_be_used_anyway(visit: Visit) -> None:
    page = visit()
    with Image.open(PHOTOS / "print-linear-brackets.jpg") as sharp:
        out = io.BytesIO()
        sharp.filter(ImageFilter.GaussianBlur(14)).save(out, "JPEG")
    file: FilePayload = {"name": "blurred.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.locator(".dropzone__choose [data-file]").set_input_files(file)

    expect(page.get_by_text("Hold still and come closer.")).to_be_visible()
    expect(page.locator("[data-solve]")).to_be_hidden()
    page.get_by_role("button", name="Use it anyway").click()
    expect(page.locator("[data-solve]")).to_be_visible()
    expect(page.locator("[data-frame]")).to_be_focused()
    page.get_by_role("button", name="Another photo").click()
    expect(page.locator("[data-dropzone]")).to_be_visible()


def test_a_file_that_is_no_photo_is_refused_in_words(visit: Visit, watch: Watch) -> None:
    watch.expect("status of 415")
    page = visit()
    file: FilePayload = {
        "name": "homework.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"%PDF-1.7 no photo",
    }
    page.locator(".dropzone__choose [data-file]").set_input_files(file)

    expect(page.locator("[data-error]")).to_have_text(
        "Please choose a JPEG, PNG, WebP or HEIC photo."
    )
    do.choose_photo(page, "print-power.jpg")


def test_without_scripts_a_question_can_be_asked_and_read(visit: Visit) -> None:
    page = visit(javascript=False)
    page.fill("#typed-text", "3x + 5 = 20")
    page.get_by_role("button", name="Solve", exact=True).click()
    page.wait_for_url("**/solutions/*/")
    for _ in range(100):
        if page.locator(".status--finished").count():
            break
        page.wait_for_timeout(200)
        page.reload()

    expect(page.locator(".answer")).to_contain_text("x = 5")
    expect(page.locator(".answer .check__word")).to_have_text("Checked")
