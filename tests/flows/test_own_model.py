"""A site with a model of its own: a tiny checkpoint in GLM's layout, served by `manage.py serve
--model`, watched in the browser. Its weights are random, so the rules have the last word."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import BASE, PHOTOS
from tests.inference.tiny_checkpoint import make_tiny_checkpoint

pytestmark = pytest.mark.browser

TIMEOUT_MS = 90_000
"""Of what a busy machine may take long for: OCR stands behind the model."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data_dir = tmp_path_factory.mktemp("own-model")
    model = tmp_path_factory.mktemp("checkpoint")
    make_tiny_checkpoint(model)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HH_", "DJANGO_"))
    } | {
        "HH_DATA_DIR": str(data_dir),
        "HH_DEMO": "1",
        "HH_MODEL_SLOTS": "2",
        "HH_MODEL_MAX_LEN": "2500",
        "HH_MAX_NEW_TOKENS": "24",
        "HH_STATIC_MANIFEST": "0",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    manage = [sys.executable, str(BASE / "manage.py")]
    for command in (["migrate"], ["seed_demo"]):
        subprocess.run(
            [*manage, *command, "--verbosity", "0"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    log_path = data_dir / "server.log"
    with (
        log_path.open("w") as log,
        subprocess.Popen(
            [*manage, "serve", "--port", "0", "--model", str(model)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            found = next(
                (match[0] for line in server.stdout if (match := re.search(r"http://\S+", line))),
                None,
            )
            assert found, log_path.read_text()
            yield found
        finally:
            server.terminate()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, locale="en-GB")
    context.set_default_timeout(60_000)
    page = context.new_page()
    yield page
    context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", f"demo-{name}")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")


def await_model(page: Page) -> None:
    """The site answers before; this waits until the model does."""
    page.goto("/healthz")
    page.wait_for_function(
        """async () => {
          const response = await fetch("/readyz");
          return (await response.json()).engines.local === "ready";
        }""",
        polling=200,
        timeout=120_000,
    )


def ask(page: Page, path: Path) -> None:
    """Hand a photo in as the page does, and go to its solution."""
    page.goto("/")
    handed_in = page.evaluate(
        """async ([base64]) => {
          const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const headers = { "X-CSRFToken": token, Accept: "application/json" };
          const photo = new FormData();
          photo.append("photo", new Blob([bytes], { type: "image/jpeg" }), "photo.jpg");
          const upload = await fetch("/upload/", { method: "POST", body: photo, headers });
          const sent = await upload.json();
          const question = new FormData();
          question.append("photo", sent.id);
          return (await fetch("/solutions/", { method: "POST", body: question, headers })).json();
        }""",
        [base64.b64encode(path.read_bytes()).decode()],
    )
    page.goto(handed_in["url"])


def test_a_model_writes_the_rules_have_the_last_word_and_the_answer_is_kept(page: Page) -> None:
    sign_in(page, "alice")
    await_model(page)
    ask(page, PHOTOS / "print-equals-sign.jpg")
    expect(page.locator("[data-solution]")).to_have_attribute(
        "data-state", "finished", timeout=TIMEOUT_MS
    )
    note = page.locator("[data-engine-change]")
    expect(note).to_have_text("The AI model found no solution, so the rule engine answers.")
    expect(page.locator(".answer")).to_contain_text("7")
    page.locator("[data-dropped] summary").click()
    expect(page.locator("[data-dropped-text]")).not_to_be_empty()
    expect(page.locator("[data-cached]")).to_be_hidden()

    ask(page, PHOTOS / "print-equals-sign.jpg")
    expect(page.locator("[data-cached]")).to_be_visible()
    expect(page.locator("[data-solution]")).to_have_attribute(
        "data-state", "finished", timeout=TIMEOUT_MS
    )
    expect(page.locator(".answer")).to_contain_text("7")
    kept = page.url
    page.locator("[data-afresh]").click()
    page.wait_for_url(lambda address: address != kept)
    expect(page.locator("[data-solution]")).to_have_attribute(
        "data-state", "finished", timeout=TIMEOUT_MS
    )
    expect(page.locator("[data-cached]")).to_be_hidden()


def test_a_student_talks_with_the_model_about_its_solution(page: Page) -> None:
    """What random weights say makes no sense, or nothing at all, and then the rules explain."""
    sign_in(page, "bob")
    await_model(page)
    ask(page, PHOTOS / "print-equals-sign.jpg")
    expect(page.locator("[data-solution]")).to_have_attribute(
        "data-state", "finished", timeout=TIMEOUT_MS
    )
    for number in (1, 2):
        page.get_by_role("button", name="Explain step 1 more simply").click()
        item = page.locator(".talk__list > .talk__item").nth(number - 1)
        expect(item).to_have_attribute("data-state", "finished", timeout=TIMEOUT_MS)
        expect(item.locator("[data-answer]")).not_to_be_empty()
        by = re.compile(r"By the (AI model on this server\. Not checked\.|rule engine\.)")
        expect(item.locator("[data-note]")).to_have_text(by)
    said = page.locator(".talk__list").inner_text()
    page.reload()
    expect(page.locator("[data-solution][data-ready]")).to_be_attached()
    assert page.locator(".talk__list").inner_text() == said


def test_an_administrator_watches_the_engine(page: Page) -> None:
    sign_in(page, "ada")
    await_model(page)
    page.goto("/engine/")
    expect(page.locator(".engine__state").first).to_contain_text("AI model here")
    expect(page.locator(".engine__state--ready")).to_have_count(2)
    expect(page.locator('[data-value="slots"]')).to_have_text("0 / 2")
    expect(page.locator('[data-value="rate"]')).to_have_text(re.compile(r"\d"))
