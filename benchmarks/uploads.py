"""Many photos sent to the REST API at the same moment: what is answered, and what it costs.

    python -m benchmarks.uploads --uploads 1000 --people 1

All connections are open before the first body ends. Counts the answers by status and code, takes
the memory of all processes of the site before, at most and afterwards, and ends with 1 if anything
but a success or a problem document of 4xx came (503 with `Retry-After` where more people send than
the site can decode for is told apart).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from benchmarks.site import Site

MEGABYTE = 1024 * 1024


def make_photo(seed: int, side_px: int) -> bytes:
    """A photo of noise that does not compress: its size is what counts."""
    noise = np.random.default_rng(seed).integers(0, 255, (side_px, side_px, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=90)
    return file.getvalue()


async def send_all(
    url: str, tokens: list[str], photos: list[bytes], num_uploads: int
) -> tuple[Counter[str], Counter[str]]:
    """Send them all at once.

    Returns:
        The answers by status and code, and what was wrong with those that are no problem document.
    """
    answers: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=300) as client:

        async def send(number: int) -> None:
            token = tokens[number % len(tokens)]
            try:
                answer = await client.post(
                    "/api/v1/photos",
                    headers={"Authorization": f"Bearer {token}"},
                    files={"image": ("photo.jpg", photos[number % len(photos)], "image/jpeg")},
                )
            except httpx.HTTPError as error:
                answers[type(error).__name__] += 1
                wrong[type(error).__name__] += 1
                return
            code = answer.json().get("code", "") if answer.content else ""
            answers[f"{answer.status_code} {code}".strip()] += 1
            is_problem = answer.headers["content-type"] == "application/problem+json"
            if answer.status_code >= 400 and not is_problem:
                wrong["no problem document"] += 1
            if answer.status_code >= 500 and code != "uploads_busy":
                wrong[str(answer.status_code)] += 1

        await asyncio.gather(*(send(number) for number in range(num_uploads)))
    return answers, wrong


async def measure(site: Site, num_uploads: int, photos: list[bytes]) -> int:
    """Send, and print what came of it."""
    before = peak = site.process.memory_bytes
    begun = time.monotonic()
    sending = asyncio.ensure_future(
        send_all(f"http://127.0.0.1:{site.port}", site.tokens, photos, num_uploads)
    )
    while not sending.done():
        peak = max(peak, await asyncio.to_thread(lambda: site.process.memory_bytes))
        await asyncio.wait([sending], timeout=0.1)
    answers, wrong = await sending
    seconds = time.monotonic() - begun
    await asyncio.sleep(2)
    after = site.process.memory_bytes
    print(f"{num_uploads} uploads of {len(photos[0]) / MEGABYTE:.1f} MB in {seconds:.1f} s")
    for answer, number in sorted(answers.items()):
        print(f"  {number:5} {answer}")
    print(
        f"memory of all processes: {before // MEGABYTE} MB before, {peak // MEGABYTE} MB at most, "
        f"{after // MEGABYTE} MB after"
    )
    for fault, number in wrong.items():
        print(f"  wrong: {number} {fault}")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=1000)
    parser.add_argument("--people", type=int, default=1)
    parser.add_argument("--side", type=int, default=1200, help="pixels of a photo's side")
    parser.add_argument("--port", type=int, default=8917)
    options = parser.parse_args()
    photos = [make_photo(seed, options.side) for seed in range(8)]
    with tempfile.TemporaryDirectory() as directory:
        site = Site(None, Path(directory) / "site", port=options.port, num_students=options.people)
        try:
            site.await_ready()
            return asyncio.run(measure(site, options.uploads, photos))
        finally:
            site.process.stop()


if __name__ == "__main__":
    sys.exit(main())
