"""What an engine is told when it is made. Plain values; the web side reads its settings into it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """Configuration of an engine.

    Attributes:
        max_queued: Requests that may wait; one more is refused with `QueueFullError`.
        max_active: Requests worked on at the same time.
        solve_timeout_s: Wall-clock seconds that one problem may take in the sandbox.
        tokens_per_s: Pace at which the rule engine writes, None for as fast as it can. A demo or
            a test that wants to watch the stream sets it.
    """

    max_queued: int = 200
    max_active: int = 2
    solve_timeout_s: float = 5.0
    tokens_per_s: float | None = None

    def __post_init__(self) -> None:
        if self.max_queued < 1 or self.max_active < 1:
            raise ValueError("max_queued and max_active must be at least 1")
        if self.solve_timeout_s <= 0:
            raise ValueError("solve_timeout_s must be positive")
        if self.tokens_per_s is not None and self.tokens_per_s <= 0:
            raise ValueError("tokens_per_s must be positive or None")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalConfig:
    """Configuration of the local engine, beside `EngineConfig`.

    Attributes:
        model: A checkpoint directory in Hugging Face layout, or a hub id.
        revision: The commit of a hub id; required for one, so that a model never changes unseen.
        device: `auto` takes CUDA when there is one.
        dtype: `auto` is bfloat16 on CUDA; on the CPU float32 for text, and bfloat16 for photos
            where the CPU has instructions for it.
        num_slots: Sequences decoded together, None to size them from the free memory.
        max_len: Tokens of question and answer together.
        prefill_budget: Prompt tokens computed between two decode steps.
        feature_cache_bytes: What cached photo features may take.
        cuts_questions: Whether photos are cut to what `inference.nano` was trained on, where the
            checkpoint asks for it; False when they are cut already.
        num_threads: CPU threads of torch for decoding, and as many for photos beside it. None for
            half of the cores.
    """

    model: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    num_slots: int | None = None
    max_len: int = 2048
    prefill_budget: int = 1024
    feature_cache_bytes: int = 256 * 1024 * 1024
    cuts_questions: bool = True
    num_threads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteConfig:
    """Configuration of the remote engine, beside `EngineConfig`.

    Attributes:
        endpoints: Base URLs of OpenAI-compatible servers, `/v1` included.
        model: The name under which they serve the model.
        api_key: Sent as bearer token, empty for none.
        first_token_timeout_s: Longest wait for the first piece of text; past it another endpoint
            is tried.
        inter_token_timeout_s: Longest silence after that; past it the request fails.
        max_attempts: How many endpoints are tried for one request, before its first piece of text.
        breaker_failures: Failures in a row after which an endpoint is left alone.
        breaker_cooldown_s: For how long; then one request is let through as a probe.
    """

    endpoints: tuple[str, ...]
    model: str
    api_key: str = ""
    first_token_timeout_s: float = 20.0
    inter_token_timeout_s: float = 10.0
    max_attempts: int = 2
    breaker_failures: int = 3
    breaker_cooldown_s: float = 15.0

    def __post_init__(self) -> None:
        if not self.endpoints or not self.model:
            raise ValueError("a remote engine needs an endpoint and the model's name")
