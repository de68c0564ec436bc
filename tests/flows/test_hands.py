"""With mouse, finger, keyboard, clipboard and printer."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, FloatRect, Page, Route, expect

from tests.flows import steps as do
from tests.flows.conftest import PHOTOS, Visit, Watch

pytestmark = pytest.mark.browser


def frame_box(page: Page) -> FloatRect:
    box = page.locator("[data-frame]").bounding_box()
    assert box
    return box


def test_the_whole_way_by_keyboard(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.locator("#typed-text").evaluate("e => e === document.activeElement"):
            break
    page.keyboard.type("3x + 5 = 20")
    page.keyboard.press("Enter")
    page.wait_for_url("**/solutions/*/")
    do.wait_until_over(page)
    for _ in range(20):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        if page.locator("[data-edit-open]").evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#edit-text")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("x + 1 = 3")
    page.keyboard.press("Escape")
    expect(page.locator("[data-edit-open]")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".answer .math")).to_have_attribute("data-tex", "x = 2", timeout=60_000)


def test_the_frame_moves_and_grows_by_keyboard(visit: Visit) -> None:
    page = visit()
    do.choose_photo(page, "print-power.jpg")
    do.wait_for_frame(page)
    before = frame_box(page)
    page.locator("[data-frame]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    after = frame_box(page)

    assert after["y"] > before["y"] and after["x"] == pytest.approx(before["x"], abs=1)
    assert after["width"] > before["width"]
    expect(page.locator("[data-frame-status]")).to_contain_text("percent from the left")
    page.locator("[data-handle=nw]").focus()
    page.keyboard.press("ArrowLeft")
    assert frame_box(page)["x"] < after["x"]


def test_dragging_a_corner_and_the_frame(visit: Visit) -> None:
    page = visit()
    do.choose_photo(page, "print-linear-plain.jpg")
    do.wait_for_frame(page)
    before = frame_box(page)
    x, y = before["x"] + before["width"], before["y"] + before["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y - 12, steps=4)
    page.mouse.up()
    smaller = frame_box(page)

    assert smaller["width"] == pytest.approx(before["width"] - 30, abs=3)
    assert smaller["height"] == pytest.approx(before["height"] - 12, abs=3)
    middle = smaller["x"] + smaller["width"] / 2, smaller["y"] + smaller["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(-500, -500, steps=4)
    page.mouse.up()
    photo = page.locator("[data-cropper] canvas").bounding_box()
    assert photo
    assert frame_box(page)["x"] == pytest.approx(photo["x"], abs=2)
    assert frame_box(page)["width"] == pytest.approx(smaller["width"], abs=3)


def test_what_was_dragged_is_not_moved_by_a_late_discovery(visit: Visit) -> None:
    page = visit()
    held: list[Route] = []
    page.route("**/locate/", lambda route: held.append(route))
    do.choose_photo(page, "print-linear-plain.jpg")
    page.locator("[data-frame]").focus()
    page.keyboard.press("ArrowLeft")
    dragged = frame_box(page)
    expect(page.locator("[data-crop-status]")).to_contain_text("Looking for the question")
    held[0].continue_()
    do.wait_for_frame(page)

    assert frame_box(page) == dragged


def test_a_photo_can_be_turned_and_the_frame_turns_with_it(visit: Visit) -> None:
    page = visit()
    do.choose_photo(page, "print-linear-plain.jpg")
    do.wait_for_frame(page)
    ratio = page.locator("[data-cropper] canvas").evaluate("c => c.width / c.height")
    box = frame_box(page)
    page.get_by_role("button", name="Turn right").click()

    turned = page.locator("[data-cropper] canvas").evaluate("c => c.width / c.height")
    assert turned == pytest.approx(1 / ratio, rel=0.01)
    page.get_by_role("button", name="Turn left").click()
    assert frame_box(page)["width"] == pytest.approx(box["width"], abs=2)


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_a_photo_may_be_pasted_or_dropped(visit: Visit, way: str) -> None:
    page = visit()
    content = base64.b64encode((PHOTOS / "print-power.jpg").read_bytes()).decode()
    page.locator("[data-dropzone]").evaluate(
        """(zone, {content, way}) => {
            const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "photo.jpg", {type: "image/jpeg"}));
            zone.dispatchEvent(way === "drop"
                ? new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true})
                : new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true}));
        }""",
        {"content": content, "way": way},
    )

    expect(page.locator("[data-stage=crop]")).to_be_visible()


def test_the_solution_can_be_copied_as_text(visit: Visit) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    do.ask(page, "x/2 + 1 = 4")
    do.wait_until_over(page)
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_text("Copied", exact=True).first).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")

    assert "x = 6" in text
    assert "Step 1." in text
    assert not re.search(r"\$|\*\*|\\frac", text)


def test_print_shows_the_solution_and_no_buttons(visit: Visit) -> None:
    page = visit()
    do.ask(page, "3x + 5 = 20")
    do.wait_until_over(page)
    page.emulate_media(media="print")

    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator("header.site-header")).to_be_hidden()
    assert page.locator(".button:visible, button:visible, form:visible").count() == 0


def test_history_finds_and_filters(visit: Visit) -> None:
    page = visit(username="charlie")
    do.ask(page, "7y = 21")
    do.wait_until_over(page)
    do.ask(page, "sin(x) + x^5 = 1")
    do.wait_until_over(page)
    page.get_by_role("link", name="My questions").click()
    expect(page.locator(".solution-card")).to_have_count(2)
    page.get_by_role("link", name="Solved", exact=True).click()
    expect(page.locator(".solution-card")).to_have_count(1)
    page.get_by_label("Search in your questions").fill("7y")
    page.keyboard.press("Enter")
    expect(page.locator(".solution-card")).to_have_count(1)
    page.get_by_label("Search in your questions").fill("nothing like this")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing fits this search.")).to_be_visible()


def test_a_teacher_finds_classes_and_codes(visit: Visit) -> None:
    page = visit(username="terry")
    page.get_by_role("link", name="Classes").click()

    expect(page.get_by_role("heading", name="Your classes")).to_be_visible()
    expect(page.locator(".class-card code")).to_have_text("DEMQ8A22")


def test_who_is_no_longer_signed_in_is_led_to_sign_in(visit: Visit, watch: Watch) -> None:
    watch.expect("status of 401")
    page = visit()
    page.context.clear_cookies(name="sessionid")
    page.fill("#typed-text", "x + 1 = 2")

    page.wait_for_url(re.compile(r"/accounts/login/\?next=%2F$"))


@pytest.mark.parametrize("is_patient", [True, False])
def test_a_photo_taken_sideways_is_turned_upright(visit: Visit, is_patient: bool) -> None:
    page = visit()
    with Image.open(PHOTOS / "print-linear-brackets.jpg") as upright:
        out = io.BytesIO()
        upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=92)
    file: FilePayload = {
        "name": "sideways.jpg",
        "mimeType": "image/jpeg",
        "buffer": out.getvalue(),
    }
    held: list[Route] = []
    if not is_patient:
        page.route("**/locate/", lambda route: held.append(route))
    page.locator(".dropzone__choose [data-file]").set_input_files(file)
    if is_patient:
        do.wait_for_frame(page)
        assert page.locator("[data-cropper] canvas").evaluate("c => c.width > c.height")
    page.locator("[data-solve]").click()
    page.wait_for_url("**/solutions/*/")
    do.wait_until_over(page)

    expect(page.locator("article")).to_have_attribute("data-state", "finished")
    assert do.answer(page) == ["x = 6"]
    assert page.locator(".question__photo canvas").evaluate("c => c.width > c.height")
