"""The remote engine: OpenAI-compatible servers such as vLLM, SGLang or Ray Serve LLM.

What a school uses when it outgrows one GPU. One thread runs an event loop with a task a request;
the text that comes back has the same meaning as a local model's and goes through the same parser
and checks.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from inference.breaker import CircuitBreaker
from inference.config import EngineConfig, RemoteConfig
from inference.engine import Engine
from inference.errors import EngineNotReadyError, InferenceError, QueueFullError
from inference.prompts import build_messages
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    EngineName,
    EngineStats,
    Failed,
    FinishReason,
    Request,
    TerminalEvent,
    Usage,
)

logger = logging.getLogger(__name__)

_CONNECT_TIMEOUT_S = 5.0
_KEEPALIVE_S = 2.0
"""How long an idle connection is kept: less than servers do (uvicorn 5 s), or else a question may
be sent down one that is just being closed."""
_EXTENSIONS = ("skip_special_tokens", "top_k", "repetition_penalty")
"""What vLLM and SGLang take beyond OpenAI's interface; other servers refuse bodies with it."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FINISH_REASONS: dict[str, FinishReason] = {"stop": "stop", "length": "length"}


class RemoteError(InferenceError):
    """An endpoint did not answer as it should."""

    code = "remote_error"
    retryable = True


class _RefusedError(InferenceError):
    """The endpoint understood the request and refuses it; another one would, too."""

    code = "remote_refused"


@dataclass(slots=True, eq=False)
class _Endpoint:
    url: str
    breaker: CircuitBreaker
    num_outstanding: int = 0
    takes_extensions: bool = True  # until it refuses them


@dataclass(slots=True)
class _Progress:
    """What a request has come to; with its first token it belongs to the endpoint that wrote it."""

    submitted_at: float
    first_token_at: float | None = None
    num_chunks: int = 0
    reported_tokens: int | None = None
    is_thinking: bool = False  # in what the server sends as reasoning, apart from the text

    def usage(self) -> Usage:
        if self.first_token_at is None:
            return Usage()
        tokens = self.reported_tokens or self.num_chunks
        writing_s = time.monotonic() - self.first_token_at
        return Usage(
            ttft_ms=1000 * (self.first_token_at - self.submitted_at),
            tokens=tokens,
            tokens_per_s=(tokens - 1) / writing_s if writing_s > 0 else 0.0,
        )


@dataclass(slots=True)
class _Counters:
    finished: int = 0
    failed: int = 0
    aborted: int = 0
    tokens: int = 0


@dataclass(slots=True, eq=False)
class _Flight:
    stream: Stream
    future: Future[None] | None = None


class RemoteEngine(Engine):
    """Streams from the least busy of several endpoints.

    Args:
        config: `max_active` requests run at the same time, `max_queued` more may wait.
        remote: Where, and how long to wait for what.
    """

    name: EngineName = "remote"

    def __init__(self, config: EngineConfig, remote: RemoteConfig) -> None:
        self._config = config
        self._remote = remote
        self._endpoints = [
            _Endpoint(
                url.rstrip("/"),
                CircuitBreaker(
                    failures=remote.breaker_failures, cooldown_s=remote.breaker_cooldown_s
                ),
            )
            for url in remote.endpoints
        ]
        self._lock = threading.Lock()
        self._flights: dict[str, _Flight] = {}
        self._counters = _Counters()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._slots: asyncio.Semaphore | None = None
        self._client: httpx.AsyncClient | None = None

    def start(self) -> None:
        """Start the loop's thread. Does not ask whether the endpoints are there: that may change
        at any time, and the first requests find out."""
        ready = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self._slots = asyncio.Semaphore(self._config.max_active)
            stopped = self._stopped = asyncio.Event()
            headers = (
                {"Authorization": f"Bearer {self._remote.api_key}"} if self._remote.api_key else {}
            )
            # No proxies from the environment: photos go where the school said and nowhere else.
            async with httpx.AsyncClient(
                headers=headers,
                timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S),
                limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEEPALIVE_S),
                trust_env=False,
            ) as client:
                self._client = client
                ready.set()
                await stopped.wait()
                tasks = asyncio.all_tasks() - {asyncio.current_task()}
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

        self._thread = threading.Thread(
            target=lambda: asyncio.run(serve()), name="remote-engine", daemon=True
        )
        self._thread.start()
        ready.wait()

    @property
    def is_ready(self) -> bool:
        """Whether some endpoint may be asked."""
        return (
            self._thread is not None
            and self._thread.is_alive()
            and any(not endpoint.breaker.is_open for endpoint in self._endpoints)
        )

    def submit(self, request: Request) -> Stream:
        """See `Engine.submit`."""
        loop = self._loop
        if loop is None or self._thread is None or not self._thread.is_alive():
            raise EngineNotReadyError("the remote engine is not running")
        if not self.is_ready:
            raise EngineNotReadyError("no model server can be reached")
        with self._lock:
            if request.request_id in self._flights:
                raise ValueError(f"request {request.request_id} is in flight")
            if len(self._flights) >= self._config.max_active + self._config.max_queued:
                raise QueueFullError(f"{self._config.max_queued} requests wait already")
            flight = self._flights[request.request_id] = _Flight(Stream(request.request_id))
        progress = _Progress(submitted_at=time.monotonic())
        future = asyncio.run_coroutine_threadsafe(self._run(request, flight.stream, progress), loop)
        flight.future = future
        # A task that is cancelled before its first step runs nothing of `_run`.
        future.add_done_callback(
            lambda _: self._end(request.request_id, flight.stream, Done("aborted"), progress)
        )
        return flight.stream

    def abort(self, request_id: str) -> bool:
        """See `Engine.abort`. Closes the connection, upon which the server stops generating."""
        with self._lock:
            flight = self._flights.get(request_id)
        if flight is None or flight.future is None:
            return False
        return flight.future.cancel()

    def stats(self) -> EngineStats:
        """See `Engine.stats`."""
        outstanding = sum(endpoint.num_outstanding for endpoint in self._endpoints)
        counters = self._counters
        return EngineStats(
            queue_depth=max(0, len(self._flights) - outstanding),
            active=outstanding,
            finished=counters.finished,
            failed=counters.failed,
            aborted=counters.aborted,
            tokens=counters.tokens,
        )

    def stop(self) -> None:
        """See `Engine.stop`."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is not None and thread is not None and thread.is_alive():
            loop.call_soon_threadsafe(self._stopped.set)
            thread.join()

    # --- the loop's thread --------------------------------------------------------------------

    async def _run(self, request: Request, stream: Stream, progress: _Progress) -> None:
        end: TerminalEvent
        try:
            async with asyncio.timeout(request.deadline_s):
                assert self._slots is not None, "made before the first request"
                async with self._slots:
                    end = Done(
                        await self._try_endpoints(request, stream, progress),
                        progress.usage(),
                    )
        except TimeoutError:
            end = Done("timeout", progress.usage())
        except asyncio.CancelledError:
            end = Done("aborted", progress.usage())
        except InferenceError as error:
            end = Failed(error.code, error.message, error.retryable)
        except Exception:
            logger.exception("remote request failed")
            end = Failed("remote_error", "The model server could not answer.", retryable=True)
        self._end(request.request_id, stream, end, progress)

    def _end(
        self, request_id: str, stream: Stream, end: TerminalEvent, progress: _Progress
    ) -> None:
        if not stream.put(end):
            return
        counters = self._counters
        counters.tokens += progress.usage().tokens
        if isinstance(end, Failed):
            counters.failed += 1
        elif end.finish_reason == "aborted":
            counters.aborted += 1
        else:
            counters.finished += 1
        with self._lock:
            self._flights.pop(request_id, None)

    async def _try_endpoints(
        self, request: Request, stream: Stream, progress: _Progress
    ) -> FinishReason:
        """Ask one endpoint after the other until one has begun to write."""
        body = _body(request, self._remote.model)
        tried: list[_Endpoint] = []
        error: InferenceError = EngineNotReadyError("no model server can be reached")
        for _ in range(self._remote.max_attempts):
            endpoint = self._choose_endpoint(tried)
            if endpoint is None:
                break
            tried.append(endpoint)
            endpoint.breaker.enter()
            endpoint.num_outstanding += 1
            try:
                reason = await self._stream_from(endpoint, body, stream, progress)
            except RemoteError as failure:
                endpoint.breaker.fail()
                logger.warning("endpoint failed", extra={"error": failure.message})
                if progress.first_token_at is not None:
                    raise
                error = failure
            except BaseException:
                endpoint.breaker.forget()
                raise
            else:
                endpoint.breaker.succeed()
                return reason
            finally:
                endpoint.num_outstanding -= 1
        raise error

    def _choose_endpoint(self, tried: list[_Endpoint]) -> _Endpoint | None:
        """The one with the fewest requests outstanding, of those that may be asked."""
        candidates = [
            endpoint
            for endpoint in self._endpoints
            if endpoint not in tried and not endpoint.breaker.is_open
        ]
        return min(candidates, key=lambda endpoint: endpoint.num_outstanding, default=None)

    async def _stream_from(
        self, endpoint: _Endpoint, body: dict[str, Any], stream: Stream, progress: _Progress
    ) -> FinishReason:
        """Put what one endpoint writes into `stream`.

        Each piece of text has its deadline, the first one a longer one that includes connecting.
        Only text counts: a server that sends signs of life and writes nothing is silent, too.
        """
        reason: FinishReason | None = None
        timeout_s = self._remote.first_token_timeout_s
        try:
            # Not `wait_for`: in Python 3.11 it can swallow a cancellation (cpython#86296).
            async with (
                asyncio.timeout(timeout_s) as deadline,
                self._respond(endpoint, body) as response,
            ):
                async for chunk in _chunks(response):
                    text, finish = _parse_chunk(chunk, progress)
                    if text:
                        if progress.first_token_at is None:
                            progress.first_token_at = time.monotonic()
                            endpoint.breaker.trust()
                        progress.num_chunks += 1
                        stream.put(Delta(text))
                        timeout_s = self._remote.inter_token_timeout_s
                        deadline.reschedule(asyncio.get_running_loop().time() + timeout_s)
                    reason = finish or reason
        except httpx.HTTPError as error:
            raise RemoteError(type(error).__name__) from error
        except TimeoutError as error:
            # That of the whole request arrives here as a cancellation.
            raise RemoteError(f"silent for {timeout_s} s") from error
        if reason is None:
            raise RemoteError("the stream broke off")
        return reason

    @asynccontextmanager
    async def _respond(
        self, endpoint: _Endpoint, body: dict[str, Any]
    ) -> AsyncIterator[httpx.Response]:
        """A stream of server-sent events; a server that refuses extensions is asked without."""
        assert self._client is not None, "made before the first request"
        url = f"{endpoint.url}/chat/completions"
        while True:
            sent = body if endpoint.takes_extensions else _without_extensions(body)
            async with self._client.stream("POST", url, json=sent) as response:
                status = response.status_code
                if status == httpx.codes.OK:
                    yield response
                    return
                await response.aread()
            has_extensions = any(name in sent for name in _EXTENSIONS)
            if status in (400, 422) and has_extensions:
                # It may also be the question that it refuses; then it does so once more.
                endpoint.takes_extensions = False
            elif 400 <= status < 500 and status not in (408, 429):
                raise _RefusedError("The model server refuses this question.")
            else:
                raise RemoteError(f"status {status}")


async def _chunks(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """The JSON objects of a stream of server-sent events."""
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        try:
            chunk = json.loads(data)
        except ValueError as error:
            raise RemoteError("the stream is not JSON") from error
        if not isinstance(chunk, dict):
            raise RemoteError("the stream is not of chat completions")
        yield chunk


def _parse_chunk(chunk: dict[str, Any], progress: _Progress) -> tuple[str, FinishReason | None]:
    """Text and finish reason of a chunk.

    Servers with a reasoning parser send what the model thinks in a field of its own; it is put back
    between the tokens in which the model wrote it, so that every text means the same.
    """
    if "error" in chunk:
        raise RemoteError("the server reports an error")
    usage = chunk.get("usage")
    if isinstance(usage, dict) and isinstance(usage.get("completion_tokens"), int):
        progress.reported_tokens = usage["completion_tokens"]
    choices = chunk.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    text = ""
    if thought := delta.get("reasoning_content") or delta.get("reasoning"):
        text = thought if progress.is_thinking else f"<think>{thought}"
        progress.is_thinking = True
    if content := delta.get("content"):
        text += f"</think>{content}" if progress.is_thinking else content
        progress.is_thinking = False
    finish = choices[0].get("finish_reason")
    if finish is not None and finish not in _FINISH_REASONS:
        raise _RefusedError("The model server ended the answer on its own.")
    return text, _FINISH_REASONS.get(finish)


def _body(request: Request, model: str) -> dict[str, Any]:
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": model,
        "messages": _messages(request),
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_new_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        # Thinking and boxes stand between special tokens; without these they read as solution.
        "skip_special_tokens": False,
    }
    if sampling.top_k:
        body["top_k"] = sampling.top_k
    if sampling.repetition_penalty != 1:
        body["repetition_penalty"] = sampling.repetition_penalty
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if request.stop:
        body["stop"] = list(request.stop)
    return body


def _without_extensions(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _EXTENSIONS}


def _messages(request: Request) -> list[dict[str, Any]]:
    """The conversation in OpenAI's form; the photo travels inside it, never as an address."""
    messages = build_messages(request)
    for message in messages:
        for part in message["content"]:
            if part["type"] == "image":
                assert request.image is not None, "an image part stands for the request's photo"
                encoded = base64.b64encode(request.image).decode("ascii")
                kind = "png" if request.image.startswith(_PNG_SIGNATURE) else "jpeg"
                part.update(
                    type="image_url", image_url={"url": f"data:image/{kind};base64,{encoded}"}
                )
    return messages
