"""Write a school's corrected solutions as a data set for fine-tuning."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import School
from homework.common.errors import PermissionDeniedError
from homework.export.corrections import ExportSummary, export_corrections


class Command(BaseCommand):
    help = "Write corrected and approved solutions with their photos, without names, for training."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, help="its name or its number")
        parser.add_argument("--output", required=True, type=Path, help="a new or empty folder")
        parser.add_argument(
            "--only-corrected", action="store_true", help="without what was right as it stood"
        )
        parser.add_argument("--since", help="reviewed on or after this day, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        school = _school(options["school"])
        folder: Path = options["output"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder.")
        summary = ExportSummary()
        try:
            files = export_corrections(
                school=school,
                summary=summary,
                include_approved=not options["only_corrected"],
                since=_moment(options["since"]),
            )
        except PermissionDeniedError as error:
            raise CommandError(str(error.message)) from error
        for file in files:
            path = folder / file.path
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(file.content)
        audit_record(
            actor=None,
            action=AuditAction.EXPORT_MADE,
            target=school,
            school=school,
            detail={"num_examples": summary.num_examples},
        )
        left_out = sum(summary.left_out.values())
        self.stdout.write(
            f"{summary.num_examples} examples, {summary.num_images} images, {left_out} left out:"
            f" {folder}"
        )


def _school(given: str) -> School:
    found = School.objects.filter(name=given)
    if given.isdecimal() and not found:
        found = School.objects.filter(pk=int(given))
    if len(found) != 1:
        raise CommandError(f"{len(found)} schools are called {given!r}.")
    return found[0]


def _moment(given: str | None) -> datetime | None:
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{given!r} is no day; write YYYY-MM-DD.")
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
