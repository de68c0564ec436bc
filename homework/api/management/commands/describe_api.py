"""Writes the descriptions of the API into docs/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.validation import validate_schema

from homework.api.schema.document import (
    OPENAPI_FILE,
    DescriptionError,
    as_yaml,
    openapi_document,
)
from homework.api.schema.sockets import ASYNCAPI_FILE, asyncapi_document


class Command(BaseCommand):
    help = "Write docs/openapi.yaml and docs/asyncapi.yaml as the code is now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if it is out of date."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        try:
            document = openapi_document()
        except DescriptionError as error:
            raise CommandError(str(error)) from None
        validate_schema(document)
        for file, described in ((OPENAPI_FILE, document), (ASYNCAPI_FILE, asyncapi_document())):
            text = as_yaml(described)
            if not check:
                file.write_text(text)
            elif not file.exists() or file.read_text() != text:
                raise CommandError(f"{file.name} is out of date: run describe_api")
