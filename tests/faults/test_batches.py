"""A batch on a real server: taken in without memory, and carried on with after kill -9."""

from __future__ import annotations

import http.client
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from homework.access.models import Scope
from homework.access.services import token_create
from homework.batches.models import Batch, BatchItem
from homework.batches.selectors import items_of
from homework.pipeline.events import snapshot_of
from homework.solutions.models import Solution
from homework.uploads.models import Photo
from homework.webhooks.services import endpoint_create
from homework.webhooks.signing import secret_of
from tests.faults.test_large_bodies import peak_kb
from tests.homework.people import People
from tests.homework.webhooks.receiver import Receiver
from tests.live import ROOT, SERVE, TIMEOUT_S, LiveSite

MEGABYTE = 1024 * 1024
MAX_GROWTH_KB = 40_000
URL = "/api/v1/batches"
PHOTOS = ("print-linear-plain.jpg", "print-brackets.jpg")


class Program:
    """A script of alice's."""

    def __init__(self, people: People) -> None:
        token = token_create(user=people.alice, name="x", scopes=Scope.values, days=1)[1]
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, site: LiveSite, archive: Path) -> tuple[int, dict[str, Any]]:
        """Send an archive, from the disk."""
        head = (
            b'--x\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n'
            b"Content-Type: application/zip\r\n\r\n"
        )
        tail = b"\r\n--x--\r\n"

        def parts() -> Iterator[bytes]:
            yield head
            with archive.open("rb") as file:
                while piece := file.read(MEGABYTE):
                    yield piece
            yield tail

        length = len(head) + archive.stat().st_size + len(tail)
        headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(length)}
        connection = http.client.HTTPConnection(site.host, timeout=TIMEOUT_S)
        connection.request("POST", URL, parts(), self._headers | headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def states() -> list[str]:
    return [item.shown_state for item in items_of(Batch.objects.all())]


@pytest.mark.slow
def test_a_batch_survives_kill_9_and_asks_nothing_twice(
    people: People, tmp_path: Path, settings: Any
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    receiver = Receiver()
    endpoint = endpoint_create(user=people.alice, url=receiver.url)
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(2):
            for name in PHOTOS:
                packed.write(ROOT / "tests" / "photos" / name, f"{number}/{name}")
        packed.writestr("notes.txt", "no photo")
    environment = {"HH_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    site = LiveSite(*SERVE, HH_RULES_TOKENS_PER_S="20", HH_PIPELINE_WORKERS="1", **environment)
    try:
        status, body = Program(people).post(site, archive)
        assert (status, body["num_items"]) == (202, 5), body
        # One is done, another is being written, and the third is still to come.
        until(lambda: "done" in states())
        until(lambda: "running" in states())
    finally:
        site.kill()
    assert "queued" in states() and not Batch.objects.get().finished_at
    before = set(BatchItem.objects.exclude(solution=None).values_list("index", "solution"))

    site = LiveSite(*SERVE, **environment)
    try:
        until(lambda: receiver.calls)
    finally:
        assert site.stop() == 0
        receiver.close()
    assert states() == ["done"] * 4 + ["refused"]
    # What had been asked was not asked again, and nothing is asked twice.
    assert before <= set(BatchItem.objects.exclude(solution=None).values_list("index", "solution"))
    assert Solution.objects.count() == 4
    assert Photo.objects.count() == 2  # each photo came twice
    answers = {snapshot_of(one)["answer"]["latex"] for one in Solution.objects.all()}
    assert answers == {"x = 5", "21"}
    assert not any(Path(settings.BATCH_DIR).glob("*/*"))
    (call,) = receiver.calls
    told = json.loads(call.body)["data"]
    assert (told["batch_id"], told["counts"]["done"]) == (body["id"], 4)
    assert verify_of_the_documentation()(
        secret_of(endpoint.pk), call.headers["Homework-Signature"], call.body
    )


def verify_of_the_documentation() -> Any:
    """The function by which docs/api.md tells programs to verify a call, as it stands there."""
    text = (ROOT / "docs" / "api.md").read_text()
    (code,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        if "def is_from_homework_helper" in block
    ]
    found: dict[str, Any] = {}
    exec(code, found)
    return found["is_from_homework_helper"]


def test_the_documentation_s_verification_refuses_what_is_not_ours() -> None:
    from homework.webhooks.signing import signature_header

    verify = verify_of_the_documentation()
    body, now = b'{"id": "1"}', int(time.time())
    good = signature_header("whsec_1", timestamp=now, body=body)
    assert verify("whsec_1", good, body)
    assert not verify("whsec_2", good, body)
    assert not verify("whsec_1", good, body + b" ")
    assert not verify("whsec_1", good.replace(f"t={now}", f"t={now + 1}"), body)
    old = signature_header("whsec_1", timestamp=now - 301, body=body)
    assert not verify("whsec_1", old, body)
    for nonsense in ("", "t=1", "v1=x,t=x", "t=1,v1=é", f"t={now}"):
        assert not verify("whsec_1", nonsense, body)


@pytest.mark.slow
def test_an_archive_of_130_megabytes_is_taken_in_flat_memory_and_a_stranger_s_is_not(
    people: People, tmp_path: Path
) -> None:
    small, large = tmp_path / "small.zip", tmp_path / "large.zip"
    for path, number in ((small, 2), (large, 12)):
        with zipfile.ZipFile(path, "w") as packed:
            for index in range(number):
                packed.writestr(f"{index}.jpg", bytes(11 * MEGABYTE))
    site = LiveSite()
    try:
        program = Program(people)
        # Once first, so that what any batch costs is not counted.
        assert program.post(site, small)[0] == 202
        until(lambda: states() == ["refused"] * 2)
        before_kb = peak_kb(site)
        status, body = program.post(site, large)
        assert (status, body["num_items"]) == (202, 12)
        until(lambda: set(states()) == {"refused"})
        refuse_a_stranger(site)
        assert peak_kb(site) - before_kb < MAX_GROWTH_KB
    finally:
        site.kill()
    assert not any(Path(settings.BATCH_DIR).glob("*/*"))


def refuse_a_stranger(site: LiveSite) -> None:
    """Somebody with a forged token is answered while the body is still to come."""
    connection = http.client.HTTPConnection(site.host, timeout=TIMEOUT_S)
    connection.putrequest("POST", URL)
    connection.putheader("Content-Length", str(100 * MEGABYTE))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Authorization", "Bearer hht_forged")
    connection.endheaders(bytes(MEGABYTE))
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (401, "not_signed_in")
