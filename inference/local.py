"""The local engine: a GLM-4.xV checkpoint in this process, many requests in one batch."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from inference.cache import FeatureCache
from inference.checkpoint import load_model
from inference.confidence import calibration_of
from inference.config import EngineConfig, LocalConfig
from inference.detokenize import Detokenizer, StopStrings
from inference.engine import Engine
from inference.errors import (
    CannotConverseError,
    EngineNotReadyError,
    PhotosOnlyError,
    QueueFullError,
    RequestTooLongError,
)
from inference.nano.canvas import zoomed
from inference.preprocess import Preprocessor
from inference.prompts import OUT_OF_RANGE, build_messages
from inference.runner import ModelRunner, PrefillChunk
from inference.sampling import Sampler
from inference.scheduler import Scheduler, Sequence
from inference.streams import Stream
from inference.types import EngineName, EngineStats, Request
from inference.worker import Job, Worker

if TYPE_CHECKING:
    from inference.reader import RapidOcrReader

logger = logging.getLogger(__name__)

_MEMORY_SHARE = 0.85
"""Of the memory that is free after the weights, how much the slots may take."""
_MAX_SLOTS = 32
_CPU_BATCH_PATCHES = 800
_CUDA_BATCH_PATCHES = 16_384
"""How many patches of photos are encoded together: about 50 ms of work."""
_ZOOMS = (0.85, 1.2)
"""How much larger a question is looked at again."""
_LONGEST_QUESTION = 128
_SWITCH_INTERVAL_S = 0.001
"""After how long a thread that runs Python must let another one have its turn. The engine leaves
the interpreter at every operation of the model; this bounds what it does between them, so that the
event loop answers while a batch decodes."""


class LocalEngine(Engine):
    """Continuous batching of photo questions on one model.

    Args:
        config: Bounds of the queue.
        local: The model and its memory.
        reader: Cuts questions out for the embedded model; None for a reader of the engine's own.
    """

    name: EngineName = "local"

    def __init__(
        self, config: EngineConfig, local: LocalConfig, *, reader: RapidOcrReader | None = None
    ) -> None:
        self._config = config
        self._reader = reader
        self._local = local
        self._lock = threading.Lock()
        self._streams: dict[str, Stream] = {}  # of requests in flight, and some that have ended
        self._worker: Worker | None = None
        self._threads: list[threading.Thread] = []  # the engine's, and the one that sees photos
        self._preprocessor: Preprocessor | None = None
        self._cut: Callable[[bytes], bytes] = lambda photo: photo
        self._longest_answer = sys.maxsize

    def start(self) -> None:
        """Load the checkpoint, allocate the slots, run every path once, start the threads.

        Nothing to do when the engine runs. One that has died is started by `stop`, then `start`.
        """
        if self.is_ready:
            return
        model = load_model(self._local)
        num_threads = _num_threads(self._local, model.device)
        torch.set_num_threads(num_threads)
        preprocessor = Preprocessor(self._local.model, revision=self._local.revision)
        if preprocessor.cuts_questions and self._local.cuts_questions:
            self._cut = cutter(self._reader)
        self._longest_answer = model.generation_config.max_new_tokens or sys.maxsize
        num_slots = self._local.num_slots or _slots_for(model, self._local.max_len)
        runner = ModelRunner(model, num_slots=num_slots + 1, max_len=self._local.max_len)
        _warm_up(runner, num_slots)
        worker = Worker(
            runner=runner,
            scheduler=Scheduler(
                num_slots=num_slots,
                max_len=self._local.max_len,
                max_queued=self._config.max_queued,
                prefill_budget=self._local.prefill_budget,
            ),
            tokenizer=preprocessor.tokenizer.backend_tokenizer,
            end_tokens=_end_tokens(model),
            refusal_tokens=_refusal_tokens(preprocessor.tokenizer),
            calibration=calibration_of(Path(self._local.model)),
            features=FeatureCache(self._local.feature_cache_bytes),
            batch_patches=(
                _CUDA_BATCH_PATCHES if model.device.type == "cuda" else _CPU_BATCH_PATCHES
            ),
        )
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_INTERVAL_S))
        threads = [
            threading.Thread(target=_run, args=(loop, num_threads), name=name, daemon=True)
            for name, loop in (("engine", worker.run), ("engine-photos", worker.encoder.run))
        ]
        for thread in threads:
            thread.start()
        with self._lock:
            self._preprocessor, self._worker, self._threads = preprocessor, worker, threads
        logger.info(
            "engine ready",
            extra={"slots": num_slots, "cache_bytes": runner.cache.size_bytes},
        )

    @property
    def is_ready(self) -> bool:
        """Whether the thread runs."""
        threads = self._threads
        return bool(threads) and threads[0].is_alive()

    def submit(self, request: Request) -> Stream:
        """See `Engine.submit`. Tokenises and cuts the photo into patches in the caller's thread.

        Raises:
            PhotosOnlyError: The embedded model is asked in words.
            CannotConverseError: It is asked about a solution.
            BadImageError: The photo cannot be given to the model.
            RequestTooLongError: Question and answer do not fit into a slot.
        """
        return self._submit(request)

    def look_again(self, request: Request) -> list[Stream]:
        """Read the question of a photo at other sizes: who misreads it at one seldom does so in the
        same way at the next. Each stream brings the question and nothing more; there is none where
        the model takes whole photos.

        Raises:
            InferenceError: As `submit` does.
        """
        preprocessor = self._preprocessor
        if preprocessor is None:
            raise EngineNotReadyError("the engine is not running")
        if not preprocessor.cuts_questions:
            return []
        asked = replace(request, prompt="read", max_new_tokens=_LONGEST_QUESTION)
        return [
            self._submit(replace(asked, request_id=f"{request.request_id}:{zoom}"), zoom=zoom)
            for zoom in _ZOOMS
        ]

    def _submit(self, request: Request, *, zoom: float = 1.0) -> Stream:
        worker, preprocessor = self._worker, self._preprocessor
        if worker is None or preprocessor is None or not self.is_ready:
            raise EngineNotReadyError("the engine is not running")
        if preprocessor.cuts_questions:
            _demand_photo(request)
        with self._lock:
            self._streams = {
                key: stream for key, stream in self._streams.items() if stream.terminal is None
            }
            if request.request_id in self._streams:
                raise ValueError(f"request {request.request_id} is in flight")
            if worker.stats().queue_depth >= self._config.max_queued:
                raise QueueFullError(f"{self._config.max_queued} requests wait already")
            stream = self._streams[request.request_id] = Stream(request.request_id)
        submitted_at = time.monotonic()
        try:
            photos = [self._cut(request.image)] if request.image is not None else []
            if zoom != 1.0:
                photos = [zoomed(photo, zoom) for photo in photos]
            model_input = preprocessor.prepare(build_messages(request), photos)
            num_prompt_tokens = len(model_input.token_ids)
            room = self._local.max_len - num_prompt_tokens
            if room < 1:
                raise RequestTooLongError(
                    f"the question has {num_prompt_tokens} tokens, {self._local.max_len} fit"
                )
            longest = min(request.max_new_tokens, room, self._longest_answer)
            sequence = Sequence(
                request_id=request.request_id,
                tokens=list(model_input.cache_keys),
                num_prompt_tokens=num_prompt_tokens,
                max_new_tokens=longest,
                priority=request.priority,
                fairness_key=request.fairness_key,
                deadline_at=submitted_at + request.deadline_s,
            )
            tokenizer = preprocessor.tokenizer.backend_tokenizer
            job = Job(
                request=request,
                model_input=model_input,
                stream=stream,
                sequence=sequence,
                sampler=None if request.sampling.is_greedy else Sampler(request.sampling),
                detokenizer=Detokenizer(tokenizer, preprocessor.pieces),
                stop=StopStrings(request.stop),
                submitted_at=submitted_at,
            )
            worker.submit(job)
            if stream.is_abort_asked:  # while the photo was prepared, when no job was there to end
                worker.abort(stream)
        except BaseException:
            with self._lock:
                self._streams.pop(request.request_id, None)
            raise
        return stream

    def abort(self, request_id: str) -> bool:
        """See `Engine.abort`."""
        with self._lock:
            stream, worker = self._streams.get(request_id), self._worker
        if stream is None or worker is None or stream.terminal is not None:
            return False
        stream.is_abort_asked = True
        worker.abort(stream)
        return True

    def stats(self) -> EngineStats:
        """See `Engine.stats`."""
        return self._worker.stats() if self._worker is not None else EngineStats()

    @property
    def num_streams(self) -> int:
        """Streams that have not ended."""
        with self._lock:
            return sum(stream.terminal is None for stream in self._streams.values())

    def stop(self) -> None:
        """See `Engine.stop`."""
        worker, threads = self._worker, self._threads
        if worker is not None:
            worker.stop()
            worker.encoder.stop()
        for thread in threads:
            thread.join()
        with self._lock:
            self._worker = self._preprocessor = None
            self._threads = []


def _demand_photo(request: Request) -> None:
    """Refuse what the embedded model would not hear: its prompt is a photo and nothing else."""
    if request.history or request.prompt == "follow_up":
        raise CannotConverseError("This model solves questions on photos and knows no words.")
    if request.image is None or request.problem:
        raise PhotosOnlyError("This model reads questions from photos only.")


def _run(loop: Callable[[], None], num_threads: int) -> None:
    torch.set_num_threads(num_threads)  # counts for the thread that calls it
    try:
        loop()
    except BaseException:
        logger.critical("the engine has died", exc_info=True)


def cutter(reader: RapidOcrReader | None = None) -> Callable[[bytes], bytes]:
    """What cuts questions out for the embedded model; only then the reader's models are loaded."""
    from inference.nano.cut import CanvasCutter

    cutter = CanvasCutter(reader)
    cutter.start()
    return cutter.cut


def _num_threads(local: LocalConfig, device: torch.device) -> int:
    """Threads of torch for each of the two loops; on the CPU half of its cores.

    Both at all cores would be twice as many threads as cores, and every small operation would wait
    for one of them that has none.
    """
    if local.num_threads is not None:
        return local.num_threads
    if device.type == "cuda":
        return torch.get_num_threads()
    return max(1, len(os.sched_getaffinity(0)) // 2)


def _end_tokens(model: Any) -> frozenset[int]:
    """Tokens that end an answer, from the checkpoint's generation config."""
    end = model.generation_config.eos_token_id
    return frozenset(end if isinstance(end, list) else [end] if end is not None else [])


def _refusal_tokens(tokenizer: Any) -> frozenset[int]:
    """The embedded model's word for what it has not learnt; other checkpoints have none."""
    number = tokenizer.get_vocab().get(OUT_OF_RANGE)
    return frozenset() if number is None else frozenset([number])


def _slots_for(model: Any, max_len: int) -> int:
    """As many slots as the free memory of the device holds, within bounds."""
    config = model.config.text_config
    parameter = next(model.parameters())
    head_dim = config.hidden_size // config.num_attention_heads
    slot_bytes: int = (
        2 * config.num_hidden_layers * config.num_key_value_heads * head_dim * max_len
    ) * parameter.element_size()
    if parameter.device.type == "cuda":
        free_bytes, _ = torch.cuda.mem_get_info(parameter.device)
    else:
        free_bytes = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
    # One slot more than these is allocated as swap space.
    return max(1, min(_MAX_SLOTS, int(free_bytes * _MEMORY_SHARE) // slot_bytes - 1))


def _warm_up(runner: ModelRunner, num_slots: int) -> None:
    """Run both passes at the widths that occur, so that the first student does not pay for it."""
    chunk = PrefillChunk(
        slot=0,
        start=0,
        embeddings=runner.embed([0] * 8),
        positions=torch.arange(8, device=runner.device).expand(3, -1),
    )
    runner.prefill([chunk])
    for num_rows in {1, num_slots}:
        for slot in range(num_rows):
            runner.set_decoding(slot, token=0, length=8, rope_delta=0)
        runner.decode(num_rows, 9)
    runner.capture_graphs()
