"""While a solution is being written: reload, lost connection, Stop, signing out elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows import steps as do
from tests.flows.conftest import Cable, Visit, Watch

pytestmark = pytest.mark.browser
LOST_SOCKET = r"WebSocket connection|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET"


def expect_whole(page: Page) -> None:
    """What the page collected from the stream is what the database has."""
    do.wait_until_over(page)
    collected, checks = do.written(page), page.locator(".check__word").all_inner_texts()
    page.reload()
    assert do.written(page) == collected
    assert page.locator(".check__word").all_inner_texts() == checks


def test_text_grows_and_finished_lines_stay_untouched(visit: Visit) -> None:
    page = visit()
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).not_to_have_count(0)
    first = do.steps(page).first.locator(".line").first.element_handle()
    expect(page.locator("article")).to_have_attribute("data-state", "solving")
    do.wait_until_over(page)

    assert first.evaluate("line => line.isConnected")
    assert page.locator("[data-sections]").evaluate("root => !root.textContent.includes('$')")
    expect_whole(page)


def test_a_reload_in_the_middle_loses_nothing(visit: Visit) -> None:
    page = visit()
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).to_have_count(2)
    page.reload()
    expect(page.locator("article")).to_have_attribute("data-state", "solving")
    assert do.steps(page).count() >= 1

    expect_whole(page)
    expect(page.locator("[data-connection]")).to_be_hidden()


def test_a_cut_connection_comes_back_without_a_gap(
    visit: Visit, cable: Cable, watch: Watch
) -> None:
    watch.expect(LOST_SOCKET)
    page = visit(base_url=cable.url)
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).to_have_count(2)
    cable.cut()
    expect(page.locator("[data-connection]")).to_have_text("Connecting again…")
    cable.mend()

    do.wait_until_over(page)
    expect(page.locator("[data-connection]")).to_be_hidden()
    expect_whole(page)


def test_a_cut_over_the_end_still_brings_the_end(visit: Visit, cable: Cable, watch: Watch) -> None:
    watch.expect(LOST_SOCKET)
    page = visit(base_url=cable.url)
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).not_to_have_count(0)
    cable.cut()
    other = visit()
    other.goto(page.url.removeprefix(cable.url))
    do.wait_until_over(other)
    cable.mend()

    do.wait_until_over(page)
    assert do.written(page) == do.written(other)


def test_stop_stops_and_keeps_what_is_there(visit: Visit) -> None:
    page = visit()
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).to_have_count(2)
    page.get_by_role("button", name="Stop").click()

    expect(page.locator("article")).to_have_attribute("data-state", "stopped")
    expect(page.get_by_text("You stopped this solution.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    assert do.steps(page).count() >= 1
    assert page.locator(".answer").count() == 0
    expect_whole(page)
    first = page.url
    page.get_by_role("button", name="Solve it again").click()
    page.wait_for_url(lambda url: url != first)
    do.wait_until_over(page)
    expect(page.locator("article")).to_have_attribute("data-state", "finished")


def test_leaving_the_page_does_not_stop_the_solution(visit: Visit) -> None:
    page = visit()
    do.ask(page, do.LONG_QUESTION)
    address = page.url
    expect(do.steps(page)).not_to_have_count(0)
    page.goto("/solutions/")
    card = page.locator(f"a[href*='{address.split('/')[-2]}']")
    expect(card).to_have_attribute("data-state", "solving")
    # The list comes to know of the end by itself.
    expect(card).to_have_attribute("data-state", "finished", timeout=60_000)
    page.goto(address)

    expect(page.locator(".answer")).to_be_visible()


def test_who_waits_is_told_how_long(visit: Visit) -> None:
    page = visit(username="bob")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    addresses = [
        page.request.post(
            "/solutions/",
            headers={"X-CSRFToken": token, "Accept": "application/json"},
            form={"text": do.LONG_QUESTION},
        ).json()["url"]
        for _ in range(4)
    ]
    page.goto(addresses[-1])

    expect(page.locator("[data-waiting-text]")).to_have_text(
        re.compile(r"Questions before yours: \d|You are next")
    )
    # Stopping gives the place in the queue to somebody else.
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("article")).to_have_attribute("data-state", "stopped")
    for address in addresses[:-1]:
        page.goto(address)
        do.wait_until_over(page)


def test_two_pages_show_the_same(visit: Visit) -> None:
    first, second = visit(), visit()
    do.ask(first, do.LONG_QUESTION)
    second.goto(first.url)
    do.wait_until_over(first)
    do.wait_until_over(second)

    assert do.written(first) == do.written(second) != []


def test_who_is_signed_out_meanwhile_is_led_to_sign_in_and_back(
    visit: Visit, cable: Cable, watch: Watch
) -> None:
    watch.expect(LOST_SOCKET)
    page = visit(base_url=cable.url)
    do.ask(page, do.LONG_QUESTION)
    expect(do.steps(page)).not_to_have_count(0)
    solution = page.url
    page.context.clear_cookies()
    cable.cut()
    cable.mend()
    page.wait_for_url(re.compile(r"/accounts/login/\?next=/solutions/"))
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", "demo-alice")
    page.press("[name=password]", "Enter")
    page.wait_for_url(solution)

    do.wait_until_over(page)


def test_a_screen_reader_hears_of_steps_and_not_of_tokens(visit: Visit) -> None:
    page = visit()
    do.ask(page, do.LONG_QUESTION)
    page.locator("[data-announce]").evaluate(
        """region => {
            window.heard = [];
            new MutationObserver(() => window.heard.push(region.textContent))
                .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    do.wait_until_over(page)
    expect(page.locator("[data-announce]")).to_contain_text("The answer is ready")
    heard = page.evaluate("window.heard")

    assert 0 < len(heard) <= do.steps(page).count() + 3
    assert any("The answer is ready. Checked." in message for message in heard)
    assert page.locator("[aria-live]:not([data-announce]), [role=log]").count() == 0
