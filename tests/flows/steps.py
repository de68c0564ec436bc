"""What people do on the pages, in the words of the flows."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.flows.conftest import PHOTOS

OVER = "[data-state=finished], [data-state=failed], [data-state=stopped]"
LONG_QUESTION = "Solve: (2x - 1)/3 + (x + 4)/2 = 5(x - 1)/6 + 4"
"""Its solution has enough steps to do something in the middle."""


def choose_photo(page: Page, name: str) -> None:
    """Choose a photo of the corpus and come to the crop frame."""
    page.locator(".dropzone__choose [data-file]").set_input_files(PHOTOS / name)
    expect(page.locator("[data-stage=crop]")).to_be_visible()


def wait_for_frame(page: Page) -> None:
    """Until somebody has looked for the question and the frame stands around it."""
    told = re.compile(r"^[^…]+$")
    expect(page.locator("[data-crop-status]")).to_have_text(told, timeout=20_000)
    # The frame moves to its place; who measures it must wait for that.
    page.locator("[data-frame]").evaluate(
        "frame => Promise.all(frame.getAnimations().map(animation => animation.finished))"
    )


def solve_photo(page: Page, name: str) -> None:
    """From a photo to the page of its solution."""
    choose_photo(page, name)
    wait_for_frame(page)
    page.locator("[data-solve]").click()
    page.wait_for_url("**/solutions/*/")


def ask(page: Page, text: str) -> None:
    """Type a question and come to the page of its solution."""
    page.goto("/")
    page.fill("#typed-text", text)
    page.locator("[data-typed] button").first.click()
    page.wait_for_url("**/solutions/*/")


def wait_until_over(page: Page) -> None:
    """Until the solution has ended, however it did."""
    expect(page.locator(f"article:is({OVER})")).to_be_visible(timeout=60_000)


def steps(page: Page) -> Locator:
    """The steps on the page."""
    return page.locator("[data-sections] > .step")


def formulas(within: Locator) -> list[str]:
    """The LaTeX of the formulas on the page, as they were written."""
    tex: list[str] = within.locator(".math").evaluate_all("all => all.map(e => e.dataset.tex)")
    return tex


def answer(page: Page) -> list[str]:
    """The formulas of the answer."""
    return formulas(page.locator("[data-sections] > .answer"))


def written(page: Page) -> list[str]:
    """Everything on the sheet, line by line, for comparison."""
    lines: list[str] = page.locator("[data-sections] .line").evaluate_all(
        """lines => lines.map(line => [...line.childNodes]
            .map(node => node.dataset?.tex ?? node.textContent).join("|"))"""
    )
    return lines
