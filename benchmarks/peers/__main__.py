"""One table: our site by pages and by API, our engine, `transformers serve` and vLLM on the CPU.

    python -m benchmarks.peers.vllm_setup /tmp/vllm    # once; without it vLLM is left out
    python -m benchmarks.peers --vllm /tmp/vllm

Same checkpoint, same photos, same prompt, same client, one machine, one run. All servers are
started first; then, round after round, each is measured while the others are held still (SIGSTOP).
Every question is another photo and every answer is the same text of as many tokens, which the
servers count themselves; the run fails where one counts otherwise. A stream asks its questions one
after the other. Figures are medians over the rounds, times to first token are of all rounds.

The site is asked as its page asks: photo handed in, question asked, socket opened, by one
signed-in student a stream. As on the page, a photo is there before its question is asked; what that
takes is measured apart. All else counts, from the form to the closing of the socket. `site, API` is
the same server, asked by programs with tokens, which follow server-sent events.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.asking import Program, Sample, Student, WrongAnswerError, ask_openai
from benchmarks.checkpoint import make_photo
from benchmarks.peers import vllm_setup
from benchmarks.processes import ServerProcess, free_port
from benchmarks.scripted import make_scripted_checkpoint
from benchmarks.site import ROOT, Site
from inference.remote import _body
from inference.types import Request

START_TIMEOUT_S = 400.0
SLOW_S = 12.0
"""A width that took a server longer than this is not measured again in later rounds."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One width of one peer in one round."""

    peer: str
    streams: int
    samples: list[Sample]
    cpu_s: float
    client_cpu_s: float
    memory_bytes: int
    uploads_s: list[float]
    upload_cpu_s: float

    @property
    def tokens(self) -> int:
        return sum(sample.tokens for sample in self.samples)

    @property
    def seconds(self) -> float:
        """From the first question to the last token."""
        began = min(sample.asked_at for sample in self.samples)
        return max(sample.ended_at for sample in self.samples) - began

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.seconds


class Peer(ABC):
    """A server under measurement."""

    name: str
    process: ServerProcess

    @abstractmethod
    async def ask_all(self, streams: int, each: int, tokens: int, photo: int) -> list[Sample]:
        """Ask `each` questions one after the other in each of `streams` streams."""

    async def hand_in(self, streams: int, each: int, photo: int) -> list[float]:
        """Hand all photos in that `ask_all` will ask about, where that is a request of its own.

        Returns:
            Seconds of each, `streams` of them being on their way at once.
        """
        return []

    async def warm_up(self, streams: int, tokens: int) -> None:
        """Ask once, unmeasured: what is made at the first question is no part of any."""
        await self.hand_in(streams, 1, 10_000_000)
        await self.ask_all(streams, 1, tokens, 10_000_000)

    async def close(self) -> None:  # noqa: B027, most have nothing to close
        """Close what was opened."""


class OpenAIPeer(Peer):
    """A server with OpenAI's interface."""

    def __init__(self, name: str, process: ServerProcess, port: int, model: str) -> None:
        self.name = name
        self.process = process
        self._port = port
        self._model = model

    async def ask_all(self, streams: int, each: int, tokens: int, photo: int) -> list[Sample]:
        bodies = [
            self._body(make_photo(photo + number), tokens) for number in range(streams * each)
        ]

        async def stream(number: int) -> list[Sample]:
            mine = bodies[number * each : (number + 1) * each]
            return [await ask_openai(self._port, body) for body in mine]

        return await _gather(stream, streams)

    def _body(self, photo: bytes, tokens: int) -> bytes:
        request = Request(request_id="", problem="", image=photo, max_new_tokens=tokens)
        body = _body(request, self._model)
        del body["skip_special_tokens"]
        return json.dumps(body).encode()


class SitePeer(Peer):
    """Our site, through pages and sockets."""

    name = "site"

    def __init__(self, site: Site) -> None:
        self.process = site.process
        self._students: Sequence[Student | Program] = self._sign_in(site)
        self._photos: list[list[str]] = []

    def _sign_in(self, site: Site) -> Sequence[Student | Program]:
        return [Student(site.port, session) for session in site.sessions]

    async def hand_in(self, streams: int, each: int, photo: int) -> list[float]:
        seconds: list[float] = []
        self._photos = [[] for _ in range(streams)]

        async def stream(number: int) -> None:
            for index in range(number * each, (number + 1) * each):
                began = time.perf_counter()
                photo_id = await self._students[number].hand_in(make_photo(photo + index))
                seconds.append(time.perf_counter() - began)
                self._photos[number].append(photo_id)

        await asyncio.gather(*(stream(number) for number in range(streams)))
        return seconds

    async def ask_all(self, streams: int, each: int, tokens: int, photo: int) -> list[Sample]:
        async def stream(number: int) -> list[Sample]:
            return [await self._students[number].ask(mine) for mine in self._photos[number]]

        return await _gather(stream, streams)

    async def close(self) -> None:
        for student in self._students:
            await student.close()


class ApiPeer(SitePeer):
    """The same server, through the REST API and its server-sent events."""

    name = "site, API"

    def _sign_in(self, site: Site) -> Sequence[Student | Program]:
        return [Program(site.port, token) for token in site.tokens]


class BarePeer(Peer):
    """Our engine without the site."""

    name = "engine alone"

    def __init__(self, process: ServerProcess, port: int) -> None:
        self.process = process
        self._url = f"http://127.0.0.1:{port}/"

    async def ask_all(self, streams: int, each: int, tokens: int, photo: int) -> list[Sample]:
        asked = {"streams": streams, "each": each, "tokens": tokens, "photo": photo}

        def post() -> list[Sample]:
            request = urllib.request.Request(self._url, json.dumps(asked).encode())
            with urllib.request.urlopen(request) as response:
                return [Sample(**sample) for sample in json.load(response)]

        return await asyncio.to_thread(post)


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--vllm", type=Path, help="where benchmarks.peers.vllm_setup installed it")
    parser.add_argument("--widths", default="1,4,8,16,32", help="streams, comma-separated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--each", type=int, default=2, help="questions a stream asks in a round")
    parser.add_argument("--tokens", type=int, default=150, help="of each answer")
    parser.add_argument(
        "--text",
        choices=("prose", "worked"),
        default="prose",
        help="what the model writes: with `worked` the site has steps and answer to check",
    )
    parser.add_argument("--peers", default="site,engine,transformers,vllm")
    parser.add_argument("--checkpoint", type=Path, help="where to write it; vLLM knows it again")
    parser.add_argument("--first-port", type=int, help="ports to take, from this one on")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    args = parser.parse_args(argv)
    widths = [int(width) for width in args.widths.split(",")]
    with tempfile.TemporaryDirectory(prefix="peers-") as directory:
        return asyncio.run(_run(args, widths, Path(directory)))


async def _run(args: argparse.Namespace, widths: list[int], directory: Path) -> int:
    checkpoint = make_scripted_checkpoint(
        args.checkpoint or directory / "checkpoint", kind=args.text, num_tokens=args.tokens
    )
    ports = iter(range(args.first_port, 65536)) if args.first_port else iter(free_port, None)
    peers: list[Peer] = []
    measurements: list[Measurement] = []
    try:
        # vLLM takes longest to start, and the site would close connections meanwhile.
        for name in sorted(args.peers.split(","), key=lambda name: name != "vllm"):
            port = next(ports)
            started = await _start(name, checkpoint, directory, port, args, max(widths))
            peers += started
            for peer in started:
                await peer.warm_up(min(4, max(widths)), args.tokens)
                _note(f"{peer.name}: ready")
            for peer in started:
                peer.process.pause()
        peers.sort(key=lambda peer: not isinstance(peer, SitePeer))
        photo = 0
        slow: set[tuple[str, int]] = set()
        for turn in range(args.rounds):
            for peer in peers:
                peer.process.resume()
                for width in widths:
                    if (peer.name, width) in slow:
                        continue
                    each = max(args.each, 4 // width) if peer.name != "transformers serve" else 1
                    measured = await _measure(peer, width, each, args.tokens, photo)
                    photo += width * each
                    measurements.append(measured)
                    if measured.seconds > SLOW_S:
                        slow.add((peer.name, width))
                    _note(
                        f"round {turn + 1}, {peer.name}, {width} streams: "
                        f"{measured.tokens_per_s:.0f} tokens/s"
                    )
                peer.process.pause()
    finally:
        for peer in peers:
            peer.process.resume()
            await peer.close()
            peer.process.stop()
    print(table(measurements))
    print()
    print(summary(measurements))
    if args.json:
        args.json.write_text(json.dumps([asdict(each) for each in measurements]))
    return 0


async def _start(
    name: str, checkpoint: Path, directory: Path, port: int, args: argparse.Namespace, width: int
) -> list[Peer]:
    """Start a server and wait for it; one may be asked in two ways."""
    log = directory / f"{name}.log"
    address = f"http://127.0.0.1:{port}"
    env = {"HF_HUB_OFFLINE": "1"}
    match name:
        case "site":
            site = Site(
                checkpoint,
                directory / "site",
                port=port,
                num_students=width,
                max_new_tokens=args.tokens + 1,
            )
            try:
                site.await_ready()
                await Student(site.port, site.sessions[0]).await_model(make_photo(20_000_000))
            except BaseException:
                site.process.stop()
                raise
            return [SitePeer(site), ApiPeer(site)]
        case "engine":
            command = [sys.executable, "-m", "benchmarks.peers.bare", str(checkpoint), str(port)]
            process = ServerProcess(command, cwd=ROOT, env=env, log=log)
            ready = address
        case "transformers":
            command = [
                *(sys.executable, "-m", "benchmarks.peers.serve_transformers", str(checkpoint)),
                *("--host", "127.0.0.1", "--port", str(port)),
            ]
            process = ServerProcess(command, cwd=ROOT, env=env, log=log)
            ready = f"{address}/health"
        case "vllm":
            if args.vllm is None or not vllm_setup.is_installed(args.vllm):
                _note("vLLM is not installed, see --help: left out")
                return []
            process = vllm_setup.serve(args.vllm, checkpoint, port=port, log=log)
            ready = f"{address}/health"
        case _:
            raise SystemExit(f"unknown peer: {name}")
    try:
        process.await_ready(ready, timeout_s=START_TIMEOUT_S)
    except BaseException:
        process.stop()
        raise
    if name == "engine":
        return [BarePeer(process, port)]
    title = {"transformers": "transformers serve", "vllm": f"vLLM {vllm_setup.VERSION} CPU"}[name]
    return [OpenAIPeer(title, process, port, str(checkpoint))]


async def _gather(
    stream: Callable[[int], Coroutine[Any, Any, list[Sample]]], streams: int
) -> list[Sample]:
    answered = await asyncio.gather(*(stream(number) for number in range(streams)))
    return [sample for samples in answered for sample in samples]


async def _measure(peer: Peer, streams: int, each: int, tokens: int, photo: int) -> Measurement:
    before_s = peer.process.cpu_s
    uploads_s = await peer.hand_in(streams, each, photo)
    cpu_s, client_cpu_s = peer.process.cpu_s, _own_cpu_s()
    samples = await peer.ask_all(streams, each, tokens, photo)
    if wrong := {sample.tokens for sample in samples} - {tokens}:
        raise WrongAnswerError(f"{peer.name} wrote {wrong} tokens instead of {tokens}")
    return Measurement(
        peer.name,
        streams,
        samples,
        peer.process.cpu_s - cpu_s,
        _own_cpu_s() - client_cpu_s,
        peer.process.memory_bytes,
        uploads_s,
        cpu_s - before_s,
    )


def _own_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def table(measurements: list[Measurement]) -> str:
    """A row for each peer and width."""
    lines = [
        "| peer | streams | tokens/s | TTFT p50 ms | TTFT p99 ms | CPU s / 1,000 tokens "
        "| peak memory MB | client CPU s / 1,000 tokens |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for peer, streams in dict.fromkeys((each.peer, each.streams) for each in measurements):
        mine = _of(measurements, peer, streams)
        ttfts = sorted(sample.ttft_s for each in mine for sample in each.samples)
        peak = max(each.memory_bytes for each in measurements if each.peer == peer)
        cells = [
            f"{median(each.tokens_per_s for each in mine):.0f}",
            f"{1000 * median(ttfts):.0f}",
            f"{1000 * _quantile(ttfts, 0.99):.0f}",
            f"{median(1000 * each.cpu_s / each.tokens for each in mine):.2f}",
            f"{peak / 1e6:.0f}",
            f"{median(1000 * each.client_cpu_s / each.tokens for each in mine):.2f}",
        ]
        lines.append(f"| {peer} | {streams} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary(measurements: list[Measurement]) -> str:
    """How the site stands to each of the others, and how long photos took to hand in."""
    lines = []
    for peer in dict.fromkeys(each.peer for each in measurements if each.peer != "site"):
        ratios = []
        for streams in dict.fromkeys(each.streams for each in measurements):
            ours, theirs = _of(measurements, "site", streams), _of(measurements, peer, streams)
            if ours and theirs:
                rate = median(each.tokens_per_s for each in ours)
                ratio = rate / median(each.tokens_per_s for each in theirs)
                ratios.append(f"{ratio:.2f} at {streams}")
        if ratios:
            lines.append(f"Tokens/s of the site, times those of {peer}: {', '.join(ratios)}.")
    for streams in dict.fromkeys(each.streams for each in measurements):
        ours = _of(measurements, "site", streams)
        uploads = sorted(seconds for each in ours for seconds in each.uploads_s)
        if uploads:
            p50, p99 = 1000 * median(uploads), 1000 * _quantile(uploads, 0.99)
            cpu_s = sum(each.upload_cpu_s for each in ours) / len(uploads)
            lines.append(
                f"Handing a photo in before asking, {streams} students at once: median "
                f"{p50:.0f} ms, p99 {p99:.0f} ms, {1000 * cpu_s:.0f} ms of CPU each."
            )
    lines.append(f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}.")
    return "\n".join(lines)


def _of(measurements: list[Measurement], peer: str, streams: int) -> list[Measurement]:
    return [each for each in measurements if (each.peer, each.streams) == (peer, streams)]


def _quantile(values: Sequence[float], share: float) -> float:
    """Of sorted values, the one below which at least `share` of them lie."""
    return values[min(len(values) - 1, int(share * len(values)))]


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
