"""Every error that `inference` raises on purpose.

The web side maps them to messages and codes in one place; `code` is stable across releases.
"""

from __future__ import annotations


class InferenceError(Exception):
    """Root of all errors below. `message` is fit for a person, in English."""

    code = "inference_error"
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class QueueFullError(InferenceError):
    """The engine holds as many requests as it was configured for."""

    code = "queue_full"
    retryable = True


class EngineNotReadyError(InferenceError):
    """The engine is not started, is stopping or has died."""

    code = "engine_not_ready"
    retryable = True


class EngineFailingError(EngineNotReadyError):
    """The engine has failed several times in a row and is left alone for a while."""

    code = "engine_failing"


class CannotConverseError(InferenceError):
    """The engine knows one kind of request, to solve a problem, and this is another."""

    code = "cannot_converse"


class PhotosOnlyError(InferenceError):
    """The model reads questions from photos and knows no words; this one was typed."""

    code = "photos_only"


class OutOfRangeError(InferenceError):
    """The model says that it has not learnt questions of this kind, or that this is none."""

    code = "out_of_range"


class RequestTooLongError(InferenceError):
    """Question and answer together are longer than the engine's slots."""

    code = "request_too_long"


class BadImageError(InferenceError):
    """The photo of a request cannot be given to the model."""

    code = "bad_image"


class CheckpointError(InferenceError):
    """A checkpoint is missing, damaged or of a kind that is not loaded."""

    code = "bad_checkpoint"


class MathSyntaxError(InferenceError):
    """The text is not mathematics that the parser knows.

    Attributes:
        position: Offset of the first character that does not fit.
        reason: A stable code: `empty`, `too_long`, `too_deep`, `number_too_large`,
            `unexpected`, `unbalanced`, `ambiguous`, `unknown_symbol`, `story` (told
            in words).
    """

    code = "math_syntax"

    def __init__(self, message: str, *, position: int, reason: str) -> None:
        super().__init__(message)
        self.position = position
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_syntax_error, (self.message, self.position, self.reason)


def _rebuild_syntax_error(message: str, position: int, reason: str) -> MathSyntaxError:
    return MathSyntaxError(message, position=position, reason=reason)


class UnsupportedProblemError(InferenceError):
    """The mathematics is understood, but no rule covers it. The message says why, and what is
    covered instead; an engine gives it in the language of the request."""

    code = "unsupported_problem"


class NoQuestionFoundError(InferenceError):
    """There is no readable question on the photo."""

    code = "no_question_found"


class SandboxTimeoutError(InferenceError):
    """The computation took longer than it may."""

    code = "timeout"


class SandboxCrashedError(InferenceError):
    """The worker process died or ran out of memory during the computation."""

    code = "sandbox_crashed"
    retryable = True
