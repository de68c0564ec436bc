"""The whole OpenAPI document: what every call says, and what holds for all of them."""

from __future__ import annotations

import functools
import importlib
import inspect
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from homework.api.schema.shared import HEADERS, PARAMETERS, SECURITY_SCHEMES, Schema

OPENAPI_FILE: Path = settings.BASE_DIR / "docs" / "openapi.yaml"

DESCRIPTION = """\
Programs do here what people do on the pages, by the same rules. Everything is JSON in UTF-8, ids of
photos and solutions are UUIDs, those of classes and people are numbers, times are UTC, no address
ends in a slash. Unknown fields and parameters are refused.

Every call but signing in carries `Authorization: Bearer <token>`: a personal access token, or the
access token of a sign-in. Every answer tells what is left of the limits (`RateLimit`,
`RateLimit-Policy`) and has an `X-Request-Id`. Every error is a problem document
(`application/problem+json`, RFC 9457) whose `code` never changes; under `/v1/` it has OpenAI's form
with the same codes. A method that an address does not take is answered by 405 with `Allow`.

How the parts work together is told in docs/api.md, the events of a solution in
docs/stream-protocol.md, the websockets in `/api/asyncapi.yaml`.
"""


class DescriptionError(Exception):
    """The calls do not describe themselves well enough, or contradict themselves."""


@functools.cache
def openapi_document() -> Schema:
    """The document, in English.

    Raises:
        DescriptionError: A call lacks its description.
    """
    with translation.override("en"), GENERATOR_STATS.silence():
        generator = SchemaGenerator()
        document: Schema = generator.get_schema(request=None, public=True)
    # What drf-spectacular would only print.
    told = [*GENERATOR_STATS._error_cache, *GENERATOR_STATS._warn_cache]
    if told:
        raise DescriptionError("\n".join(str(line) for line in told))
    return document


def complete(result: Schema, generator: Any, **_options: Any) -> Schema:
    """drf-spectacular's hook at the end: add what all calls share."""
    components = result["components"]
    components["headers"] = HEADERS
    components["parameters"] = PARAMETERS
    components["securitySchemes"] = SECURITY_SCHEMES
    result["info"] |= {"description": DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}}
    result["tags"] = _tags(result)
    result["components"] = {
        kind: dict(sorted(members.items())) for kind, members in sorted(components.items())
    }
    return result


def _tags(result: Schema) -> list[Schema]:
    used = {
        tag
        for operations in result["paths"].values()
        for operation in operations.values()
        for tag in operation["tags"]
    }
    return [{"name": name, "description": _first_sentence(name)} for name in sorted(used)]


def _first_sentence(module: str) -> str:
    doc = inspect.getdoc(importlib.import_module(f"homework.api.views.{module}")) or ""
    return " ".join(doc.partition("\n\n")[0].split())


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a block, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _represent_text)


def as_yaml(document: Schema) -> str:
    """A document as it stands in docs/."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
