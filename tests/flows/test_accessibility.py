"""Axe finds no serious fault on any page of the site, in light and in dark.

The pages are those that the matrix of permissions knows to answer somebody with 200; one that is
neither listed here nor said to be no page fails the first test.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.flows.conftest import BASE, Site, Visit, Watch
from tests.flows.steps import ask, choose_photo, wait_for_frame, wait_until_over
from tests.homework.permissions.test_permissions import all_rows

AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "only for this test"

NOT_PAGES = {
    "healthz", "pages:manifest", "uploads:photo", "uploads:thumbnail", "teach:class_template",
    "teach:insight_table", "pages:notices", "engine:numbers", "metrics",
}  # fmt: skip
"""Data, images and downloads."""

PAGES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "account_login": (None, ()),
    "account_signup": (None, ()),
    "account_logout": ("alice", ()),
    "account_inactive": (None, ()),
    "account_email_verification_sent": (None, ()),
    "account_confirm_email": (None, ("nonsense",)),
    "account_reset_password": (None, ()),
    "account_reset_password_done": (None, ()),
    "account_reset_password_from_key": (None, ("a", "b")),
    "account_reset_password_from_key_done": (None, ()),
    # Of an account without a password, which this site has not; it leads to changing it.
    "account_set_password": ("alice", ()),
    "account_change_password": ("alice", ()),
    "account_reauthenticate": ("terry", ()),
    "account_accept_invitation": (None, ("nonsense",)),
    "mfa_index": ("terry", ()),
    "mfa_activate_totp": ("terry", ()),
    "mfa_generate_recovery_codes": ("terry", ()),
    "pages:home": ("alice", ()),
    "pages:history": ("alice", ()),
    "pages:solution": ("alice", ("solution",)),
    "pages:classes": ("alice", ()),
    "pages:tokens": ("alice", ()),
    "api_reference": (None, ()),
    "pages:notice_settings": ("alice", ()),
    "teach:queue": ("terry", ()),
    "teach:review": ("terry", ("solution",)),
    "teach:classes": ("terry", ()),
    "teach:class_new": ("terry", ()),
    "teach:class": ("terry", ("classroom",)),
    "teach:class_board": ("terry", ("classroom",)),
    "teach:class_import": ("terry", ("classroom",)),
    "teach:class_policy": ("terry", ("classroom",)),
    "teach:insight": ("terry", ()),
    "teach:insight_class": ("terry", ("classroom",)),
    "teach:insight_week": ("terry", ("classroom",)),
    "teach:insight_student": ("terry", ("student",)),
    "teach:live": ("terry", ()),
    "teach:live_class": ("terry", ("classroom",)),
    "teach:live_screen": ("terry", ("classroom",)),
    "engine:panel": ("ada", ()),
    "school:people": ("ada", ("school",)),
    "school:people_one": ("ada", ("school", "student")),
    "school:invitations": ("ada", ("school",)),
    "school:classes": ("ada", ("school",)),
    "school:log": ("ada", ("school",)),
    "school:usage": ("ada", ("school",)),
    "school:settings": ("ada", ("school",)),
}
"""By address: who opens it, and the names of its arguments in `Places`, or the arguments."""


@cache
def page_names() -> frozenset[str]:
    return frozenset(
        row.name
        for row in all_rows()
        if row.method == "GET" and 200 in row.answers.values() and not row.name.startswith("api:")
    )


def test_every_page_is_looked_at() -> None:
    """List a new page in PAGES, or in NOT_PAGES what is none."""
    assert page_names() - PAGES.keys() - NOT_PAGES == set()


@dataclass(frozen=True)
class Places:
    """Keys of what there is on the demo site, as texts for addresses."""

    solution: str
    classroom: str
    student: str
    school: str


@pytest.fixture(scope="module")
def places(site: Site) -> Places:
    def one(query: str) -> str:
        with sqlite3.connect(f"file:{site.data_dir}/db.sqlite3?mode=ro", uri=True) as database:
            return str(database.execute(query).fetchone()[0])

    return Places(
        solution="",
        classroom=one("SELECT id FROM accounts_classroom WHERE join_code = 'DEMQ8A22'"),
        student=one("SELECT id FROM accounts_user WHERE username = 'alice'"),
        school=one("SELECT school_id FROM accounts_user WHERE username = 'ada'"),
    )


def faults(page: Page, *rules: str) -> list[str]:
    """The serious faults of what is shown now, each with its place."""
    # LaTeX is hidden until it has become a formula, and with it the links that it stands in.
    page.wait_for_function("!document.querySelector('.math:not([data-rendered])')")
    page.evaluate(AXE.read_text())
    # What is half-way through an animation has colours that nobody sees.
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:120]}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def look(page: Page) -> list[str]:
    """The serious faults in light, and those of colour in dark."""
    # Without motion, else colours are met on their way from one scheme to the other.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = faults(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark: {fault}" for fault in faults(page, "color-contrast")]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def confirm(page: Page, name: str, password: str) -> None:
    """Type the password where it is asked for once more before a page opens."""
    if name.startswith("mfa_") and "/reauthenticate/" in page.url:
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"**{reverse(name)}")


def told(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {place: those for place, those in found.items() if those}


def test_no_page_has_a_serious_fault(
    visit: Visit, site: Site, places: Places, watch: Watch
) -> None:
    # Addresses of links that are over answer with an error, which is a page, too.
    watch.expect(r"status of (403|404|410|422)")
    as_alice = visit()
    ask(as_alice, "3x + 5 = 20")
    wait_until_over(as_alice)
    solution = as_alice.url.rstrip("/").rsplit("/", 1)[1]
    opened: dict[str | None, Page] = {"alice": as_alice, None: visit(username=None)}
    for name in ("terry", "ada"):
        opened[name] = visit(username=name)
    found: dict[str, list[str]] = {}
    for name, (person, arguments) in PAGES.items():
        known = {**vars(places), "solution": solution}
        url = reverse(name, args=[known.get(argument, argument) for argument in arguments])
        page = opened[person]
        page.goto(url)
        confirm(page, name, f"demo-{person}")
        found[name] = look(page)
    opened[None].goto("/nothing/here/")
    found["404"] = look(opened[None])

    assert told(found) == {}


def test_what_opens_on_a_page_has_no_serious_fault(visit: Visit, watch: Watch) -> None:
    """Menus, the crop frame, a report of an import, slips."""
    found: dict[str, list[str]] = {}
    as_alice = visit(phone=True)
    as_alice.locator("details[data-menu] > summary").click()
    found["menu"] = look(as_alice)
    as_alice.keyboard.press("Escape")
    choose_photo(as_alice, "print-linear-plain.jpg")
    wait_for_frame(as_alice)
    found["crop"] = look(as_alice)

    as_terry = visit(username="terry")
    as_terry.goto(reverse("teach:class_new"))
    as_terry.get_by_label("Name of the class").fill("Axe")
    as_terry.get_by_role("button", name="Make the class").click()
    found["empty class"] = look(as_terry)
    as_terry.get_by_role("link", name="Import students").click()
    as_terry.get_by_label("File with your students").set_input_files(
        {
            "name": "students.csv",
            "mimeType": "text/csv",
            "buffer": b"username,name\naxe.one,One\naxe.two,Two\nno good,Three\n",
        }
    )
    as_terry.get_by_role("button", name="Check the file").click()
    expect(as_terry.get_by_role("heading", name="Rows with mistakes")).to_be_visible()
    found["report"] = look(as_terry)
    as_terry.get_by_role("button", name="Import the others").click()
    expect(as_terry.locator(".slip")).to_have_count(2)
    found["slips"] = look(as_terry)
    as_terry.locator(".back").click()
    as_terry.get_by_role("button", name="Change axe.one").click()
    expect(as_terry.get_by_role("dialog")).to_be_visible()
    found["dialog"] = look(as_terry)

    assert told(found) == {}


def test_the_second_step_has_no_serious_fault(site: Site, visit: Visit) -> None:
    subprocess.run(
        [sys.executable, str(BASE / "manage.py"), "shell", "-c", TEACHER_WITH_SECOND_STEP],
        env={
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HH_", "DJANGO_"))
        }
        | {"HH_DATA_DIR": str(site.data_dir)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found: dict[str, list[str]] = {}
    page = visit(username=None)
    page.goto(reverse("account_login"))
    page.fill("[name=login]", "mona")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    found["second step"] = look(page)
    page.fill("[name=code]", "12345678")
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/teach/**")
    for name in ("mfa_view_recovery_codes", "mfa_deactivate_totp", "mfa_index"):
        page.goto(reverse(name))
        confirm(page, name, PASSWORD)
        found[name] = look(page)

    assert told(found) == {}


TEACHER_WITH_SECOND_STEP = f"""
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import encrypt
from homework.accounts.models import School, User
mona = User.objects.create_user(
    "mona", password={PASSWORD!r}, role="teacher", school=School.objects.first()
)
TOTP.activate(mona, generate_totp_secret())
Authenticator.objects.create(
    user=mona, type="recovery_codes",
    data={{"migrated_codes": [encrypt("12345678"), encrypt("23456789")], "used_mask": 0}},
)
"""
