"""200 megabytes sent to the real site: an answer, flat memory, nothing stored, and life goes on."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from homework.uploads.models import Photo
from tests.homework.people import People
from tests.homework.uploads import pictures
from tests.live import LiveSite, sign_in

MEGABYTE = 1024 * 1024
NUM_MEGABYTES = 200
MAX_GROWTH_KB = 12_000

FORM_START = (
    b'--x\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n"
)
FORM_END = b"\r\n--x--\r\n"


@pytest.fixture
def site(people: People) -> Iterator[LiveSite]:
    site = LiveSite()
    yield site
    site.kill()


class Phone:
    """A browser of one person, down to what an upload needs."""

    def __init__(self, site: LiveSite, session: str) -> None:
        self._site = site
        self._cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
        connection = http.client.HTTPConnection(site.host, timeout=60)
        connection.request("GET", "/", headers={"Cookie": self._cookie})
        page = connection.getresponse()
        self._cookie += "; " + str(page.headers["Set-Cookie"]).split(";")[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert token is not None
        self._headers = {
            "Cookie": self._cookie,
            "X-CSRFToken": token.group(1),
            "Accept": "application/json",
            "Content-Type": "multipart/form-data; boundary=x",
        }

    def send(self, parts: Any, *, length: int | None) -> tuple[int, dict[str, Any]]:
        """Upload; without a length, in chunks."""
        connection = http.client.HTTPConnection(self._site.host, timeout=60)
        headers = dict(self._headers)
        if length is not None:
            headers["Content-Length"] = str(length)
        connection.request("POST", "/upload/", parts, headers, encode_chunked=length is None)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def peak_kb(site: LiveSite) -> int:
    status = Path(f"/proc/{site.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
def test_200_megabytes_are_refused_and_the_next_photo_is_taken(
    people: People, site: LiveSite, is_chunked: bool
) -> None:
    phone = Phone(site, sign_in(people.alice))
    photo = FORM_START + pictures.jpeg() + FORM_END
    # Once first, so that what any upload costs is not counted.
    assert phone.send([photo], length=len(photo))[0] == 201
    before_kb = peak_kb(site)

    def flood() -> Iterator[bytes]:
        yield FORM_START
        for _ in range(NUM_MEGABYTES):
            yield bytes(MEGABYTE)
        yield FORM_END

    length = len(FORM_START) + NUM_MEGABYTES * MEGABYTE + len(FORM_END)
    status, answer = phone.send(flood(), length=None if is_chunked else length)

    assert (status, answer["code"]) == (413, "body_too_large")
    assert peak_kb(site) - before_kb < MAX_GROWTH_KB
    assert Photo.objects.count() == 1
    other = FORM_START + pictures.cmyk_jpeg() + FORM_END
    assert phone.send([other], length=len(other))[0] == 201
