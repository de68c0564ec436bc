"""The events of docs/stream-protocol.md, and the frames in which they come.

One vocabulary for server-sent events, polling and websockets, hence one place: both descriptions,
OpenAPI and AsyncAPI, are made from it.
"""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.photos import BoxOutput
from homework.policy.models import Mode
from homework.solutions.models import Solution

FINISH_REASONS = ("stop", "length", "aborted", "timeout", "fallback", "error")
SOLUTION_ID = "aab833ae-7d4b-4b9c-a2fc-6851ebad00b7"


class CheckOutput(Output):
    """What the checker can say: `verified` only on a proof."""

    verdict = serializers.ChoiceField(choices=("verified", "failed", "not_checkable"))
    reason = serializers.CharField(help_text="A stable code, such as `same_solutions`.")
    detail = serializers.DictField(
        child=serializers.CharField(), help_text='Values of the reason, such as `{"x": "2"}`.'
    )


class UncertainOutput(Output):
    """A stretch of the reading's `text` that is not sure."""

    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=0)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    alternatives = serializers.ListField(child=serializers.CharField())


class ReadingOutput(Output):
    """What was read from the photo or typed."""

    latex = serializers.CharField(help_text="For display.")
    text = serializers.CharField(help_text="In plain notation, to be corrected.")
    confidence = serializers.FloatField(min_value=0, max_value=1)
    uncertain = UncertainOutput(many=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=("ocr", "typed", "model", "corrected")
    )
    box = BoxOutput(allow_null=True, help_text="Where on the photo it stands.")
    rotation_deg = serializers.FloatField(help_text="Clockwise, by which the photo was turned.")
    parse_error = serializers.CharField(
        allow_null=True, help_text="Why the rules do not understand it."
    )


class StepOutput(Output):
    """A finished step."""

    index = serializers.IntegerField(min_value=1)
    start = serializers.IntegerField(min_value=0, help_text="Code points into the solution's text.")
    end = serializers.IntegerField(min_value=0)
    title = serializers.CharField()
    formulas = serializers.ListField(child=serializers.CharField(), help_text="LaTeX.")
    rule = serializers.CharField(help_text="Name of the rule; empty for a model's step.")
    rule_inputs = serializers.ListField(child=serializers.CharField())
    check = CheckOutput(allow_null=True, help_text="null while it is being checked.")
    hidden = serializers.BooleanField(
        required=False, help_text="An answer policy holds it back; see the solution's `policy`."
    )


class MarkOutput(Output):
    """A number on a number line."""

    latex = serializers.CharField()
    value = serializers.FloatField(help_text="Roughly where it lies.")


class PieceOutput(Output):
    """A range of numbers; an end that is null lies at infinity."""

    low = serializers.IntegerField(allow_null=True, help_text="Index of the mark it begins at.")
    high = serializers.IntegerField(allow_null=True)
    has_low = serializers.BooleanField(help_text="Whether that number belongs to it.")
    has_high = serializers.BooleanField()


class NumberLineOutput(Output):
    """A set of numbers as it is drawn."""

    letter = serializers.CharField(help_text="The unknown, LaTeX.")
    interval = serializers.CharField(help_text="The set in interval notation, LaTeX.")
    text = serializers.CharField(help_text="The answer in plain notation.")
    marks = MarkOutput(many=True)
    pieces = PieceOutput(many=True)


class AnswerOutput(Output):
    """The answer."""

    latex = serializers.CharField()
    check = CheckOutput(allow_null=True, help_text="null while it is being checked.")
    number_line = NumberLineOutput(
        required=False, help_text="Of an inequality: its solutions as they are drawn."
    )


class EngineChangeOutput(Output):
    """Another engine took over."""

    from_ = serializers.CharField()
    to = serializers.CharField()
    reason = serializers.CharField(help_text="See docs/stream-protocol.md.")
    text = serializers.CharField(help_text="What the first one had written, and was dropped.")


class FailureOutput(Output):
    """Why there is no solution."""

    code = serializers.CharField()
    message = serializers.CharField(help_text="For people, in the solution's language.")
    retryable = serializers.BooleanField()


class SolutionUsageOutput(Output):
    """What the engine counted. All missing before the end."""

    ttft_ms = serializers.FloatField(required=False, help_text="Until the first token.")
    tokens = serializers.IntegerField(required=False, min_value=0)
    tokens_per_s = serializers.FloatField(required=False)


class PolicyOutput(Output):
    """What the answer policy of a class holds back."""

    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode if mode is not Mode.FULL])
    classes = serializers.ListField(child=serializers.CharField())
    until = serializers.DateTimeField(allow_null=True)
    num_steps = serializers.IntegerField(min_value=0, help_text="Steps that are open.")
    next_step = serializers.IntegerField(allow_null=True, help_text="The one that may be opened.")
    has_attempt = serializers.BooleanField()
    may_attempt = serializers.BooleanField()
    may_show_answer = serializers.BooleanField()


class AskedOutput(Output):
    """Of a follow-up: what is asked, and of which solution."""

    solution_id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1)
    question = serializers.CharField()
    written_under = serializers.ChoiceField(
        choices=("", *Mode.values), help_text="The policy that held; empty before the start."
    )


class SnapshotEventOutput(Output):
    """The whole state: replaces all that the reader had."""

    type = serializers.ChoiceField(choices=("snapshot",))
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Solution.State.values)
    attempt = serializers.IntegerField(min_value=0)
    language = serializers.ChoiceField(choices=("en", "zh"))
    reading = ReadingOutput(allow_null=True)
    text = serializers.CharField()
    offset = serializers.IntegerField(min_value=0, help_text="Length of `text` in code points.")
    steps = StepOutput(many=True)
    answer = AnswerOutput(allow_null=True)
    engine = serializers.CharField(help_text="`local`, `remote`, `rules`; empty before the start.")
    engine_changes = EngineChangeOutput(many=True)
    is_cached = serializers.BooleanField()
    usage = SolutionUsageOutput()
    finish_reason = serializers.ChoiceField(choices=("", *FINISH_REASONS))
    error = FailureOutput(allow_null=True)
    policy = PolicyOutput(required=False)
    follow_up = AskedOutput(required=False, help_text="In the stream of a follow-up only.")
    hidden = serializers.BooleanField(
        required=False, help_text="An answer policy holds the answer to the follow-up back."
    )


class QueuedEventOutput(Output):
    """How many stand before this one."""

    type = serializers.ChoiceField(choices=("queued",))
    position = serializers.IntegerField(min_value=0, help_text="0: next.")
    eta_s = serializers.FloatField(help_text="A guess, in seconds.")


class StateEventOutput(Output):
    """The state has changed."""

    type = serializers.ChoiceField(choices=("state",))
    state = serializers.ChoiceField(choices=Solution.State.values)


class ReadingEventOutput(ReadingOutput):
    """What was read."""

    type = serializers.ChoiceField(choices=("reading",))


class DeltaEventOutput(Output):
    """Append `text`, which belongs at `offset`."""

    type = serializers.ChoiceField(choices=("delta",))
    offset = serializers.IntegerField(min_value=0)
    text = serializers.CharField()


class StepEventOutput(StepOutput):
    """A finished step; comes again, with the same `index`, when it is checked."""

    type = serializers.ChoiceField(choices=("step",))


class AnswerEventOutput(AnswerOutput):
    """The answer; comes again when it is checked."""

    type = serializers.ChoiceField(choices=("answer",))


class EngineEventOutput(Output):
    """Another engine takes over: forget text, steps and answer."""

    type = serializers.ChoiceField(choices=("engine",))
    from_ = serializers.CharField()
    to = serializers.CharField()
    reason = serializers.CharField()


class CachedEventOutput(Output):
    """What follows is the answer that was kept from an earlier question."""

    type = serializers.ChoiceField(choices=("cached",))
    engine = serializers.CharField()
    engine_changes = EngineChangeOutput(many=True)


class WatchedEventOutput(Output):
    """How many teachers look on right now. By websocket only."""

    type = serializers.ChoiceField(choices=("watched",))
    teachers = serializers.IntegerField(min_value=0)


class ErrorEventOutput(FailureOutput):
    """Why the solution failed, or why nothing more is sent."""

    type = serializers.ChoiceField(choices=("error",))


class DoneEventOutput(Output):
    """The last event."""

    type = serializers.ChoiceField(choices=("done",))
    finish_reason = serializers.ChoiceField(choices=FINISH_REASONS)
    usage = SolutionUsageOutput()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the UTF-8 `text`.")


EVENTS: tuple[type[Output], ...] = (
    SnapshotEventOutput,
    QueuedEventOutput,
    StateEventOutput,
    ReadingEventOutput,
    DeltaEventOutput,
    StepEventOutput,
    AnswerEventOutput,
    EngineEventOutput,
    CachedEventOutput,
    WatchedEventOutput,
    ErrorEventOutput,
    DoneEventOutput,
)


def event_type(kind: type[Output]) -> str:
    """The `type` of an event of this kind."""
    field = kind().fields["type"]
    assert isinstance(field, serializers.ChoiceField)
    return str(next(iter(field.choices)))


class EventField(serializers.Field[object, object, object, object]):
    """One of the events."""


class FrameOutput(Output):
    """All that happened in `[from, to)` of the solution's log."""

    from_ = serializers.IntegerField(min_value=0)
    to = serializers.IntegerField(min_value=0)
    events = serializers.ListField(child=EventField())

    examples: ClassVar = {
        "a piece of text": {
            "from": 3,
            "to": 5,
            "events": [{"type": "delta", "offset": 0, "text": "**Problem.** $3x + 5 = 20$\n"}],
        }
    }


class PolledFrameOutput(FrameOutput):
    """The next frame, and where to go on."""

    offset = serializers.CharField(help_text="The `offset` of the next call.")
    is_final = serializers.BooleanField(help_text="Nothing comes after this.")

    examples: ClassVar = {
        "a piece of text": FrameOutput.examples["a piece of text"]
        | {"offset": "1.5", "is_final": False},
        "nothing new": {"from": 5, "to": 5, "events": [], "offset": "1.5", "is_final": False},
        "the end": {
            "from": 12,
            "to": 14,
            "events": [
                {"type": "state", "state": "finished"},
                {
                    "type": "done",
                    "finish_reason": "stop",
                    "usage": {"ttft_ms": 16.9, "tokens": 66, "tokens_per_s": 412.5},
                    "sha256": "d3d2a6c4a4f0b3e5b78f6b1d1f1f0a4f0c2f5f0f9d0c2e1a7b3c5d7e9f1a3b5c",
                },
            ],
            "offset": "1.end",
            "is_final": True,
        },
    }


EVENT_STREAM_EXAMPLE = """\
id: 1.5
data: {"from":3,"to":5,"events":[{"type":"delta","offset":0,"text":"**Problem.** $3x + 5 = 20$"}]}

: nothing new

id: 1.end
data: {"from":13,"to":14,"events":[{"type":"done","finish_reason":"stop","usage":{},"sha256":"…"}]}

"""
