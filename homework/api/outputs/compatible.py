"""Answers in the words of others: the article's script, and OpenAI's chat completions."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output

_TEXT = "**Problem.** $3x + 5 = 20$\n\n**Answer.** $x = 5$"


class PredictionOutput(Output):
    """The answer as a text."""

    data = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), min_length=1, max_length=1
    )

    examples: ClassVar = {"solved": {"data": [_TEXT]}}


class ModelOutput(Output):
    """A model, as OpenAI describes one."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=("model",))
    created = serializers.IntegerField()
    owned_by = serializers.CharField()


class ModelsOutput(Output):
    """The one model there is."""

    object = serializers.ChoiceField(choices=("list",))
    data = ModelOutput(many=True)  # type: ignore[assignment]

    examples: ClassVar = {
        "the model": {
            "object": "list",
            "data": [
                {
                    "id": "homework-helper",
                    "object": "model",
                    "created": 0,
                    "owned_by": "homework-helper",
                }
            ],
        }
    }


class MessageOutput(Output):
    """What the assistant says."""

    role = serializers.ChoiceField(choices=("assistant",))
    content = serializers.CharField(help_text="Markdown with LaTeX.")


class ChoiceOutput(Output):
    """The one completion there is."""

    index = serializers.IntegerField()
    message = MessageOutput()
    finish_reason = serializers.ChoiceField(choices=("stop", "length"))
    logprobs = serializers.CharField(allow_null=True, help_text="Always null.")


class CompletionUsageOutput(Output):
    """OpenAI's count of tokens; what the prompt took is not known to every engine."""

    prompt_tokens = serializers.IntegerField(min_value=0)
    completion_tokens = serializers.IntegerField(min_value=0)
    total_tokens = serializers.IntegerField(min_value=0)


class CompletionOutput(Output):
    """A solution as OpenAI's chat completion."""

    id = serializers.CharField(help_text="`chatcmpl-` and the solution's id.")
    object = serializers.ChoiceField(choices=("chat.completion",))
    created = serializers.IntegerField(help_text="Seconds since 1970.")
    model = serializers.CharField()
    choices = ChoiceOutput(many=True)
    usage = CompletionUsageOutput()

    examples: ClassVar = {
        "solved": {
            "id": "chatcmpl-aab833ae-7d4b-4b9c-a2fc-6851ebad00b7",
            "object": "chat.completion",
            "created": 1772366400,
            "model": "homework-helper",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": _TEXT},
                    "finish_reason": "stop",
                    "logprobs": None,
                }
            ],
            "usage": {"prompt_tokens": 0, "completion_tokens": 66, "total_tokens": 66},
        }
    }


CHUNKS_EXAMPLE = """\
data: {"id":"chatcmpl-aab833ae-7d4b-4b9c-a2fc-6851ebad00b7","object":"chat.completion.chunk",\
"created":1772366400,"model":"homework-helper","choices":[{"index":0,\
"delta":{"content":"**Problem.** $3x + 5 = 20$"},"finish_reason":null,"logprobs":null}]}

data: [DONE]

"""
