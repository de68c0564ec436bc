"""`manage.py bench`: how fast the model answers on this machine, as a table."""

from __future__ import annotations

import io
import json as json_module
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image, ImageDraw

from homework.common.errors import AppError
from homework.pipeline.engine import (
    EngineNotReadyError,
    InferenceError,
    Measurement,
    Request,
    engine_names,
    make_model_engine,
    measure_engine,
)
from homework.pipeline.model_arguments import add_model_arguments, use_model
from homework.uploads.services import photo_decoder

PHOTO_SIZE = (672, 168)
"""Of a question that was cut out of its page."""


def _widths(text: str) -> list[int]:
    try:
        widths = [int(word) for word in text.split(",")]
    except ValueError:
        widths = []
    if not widths or min(widths) < 1:
        raise ArgumentTypeError("numbers from 1, separated by commas")
    return widths


class Command(BaseCommand):
    help = "Measure the configured model on this machine: tokens a second, time to the first token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_model_arguments(parser)
        parser.add_argument("--widths", type=_widths, default=[1, 4, 8, 16])
        parser.add_argument("--tokens", type=int, default=128, help="longest answer")
        parser.add_argument("--photo", type=Path, help="ask about this photo, not a drawn one")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def execute(self, *args: Any, **options: Any) -> str | None:
        use_model(options["model"], options["revision"])  # before the system checks
        return super().execute(*args, **options)

    def handle(
        self,
        *args: object,
        widths: list[int],
        tokens: int,
        photo: Path | None,
        json: bool,
        **options: object,
    ) -> None:
        name = engine_names()[0]
        if name == "rules":
            raise CommandError("There is no model to measure: give --model, or set HH_MODEL.")
        images = _Photos(photo)

        def make_request(number: int) -> Request:
            return Request(
                request_id=f"bench-{number}",
                problem="",
                image=images.take(number),
                max_new_tokens=tokens,
                deadline_s=3600.0,
                fairness_key=str(number),
            )

        engine = make_model_engine(name)
        try:
            engine.start()
            measure_engine(engine, lambda number: make_request(-1 - number), [1])  # warm
            rows = measure_engine(engine, make_request, widths)
        except EngineNotReadyError as error:
            raise CommandError(error.message) from error
        except InferenceError as error:
            raise CommandError(f"The model cannot be measured: {error.message}") from error
        finally:
            engine.stop()
        if json:
            self.stdout.write(json_module.dumps([_values(row) for row in rows]))
            return
        self.stdout.write(f"engine: {name}, model: {settings.MODEL or settings.REMOTE_MODEL}")
        self.stdout.write(
            "| at once | tokens/s | TTFT p50 ms | TTFT p99 ms | prompts s | writing s |"
        )
        self.stdout.write("|---|---|---|---|---|---|")
        for row in rows:
            self.stdout.write(
                f"| {row.width} | {row.tokens_per_s:.0f} | {row.ttft_at(0.5):.0f} | "
                f"{row.ttft_at(0.99):.0f} | {row.prefill_s:.2f} | {row.decode_s:.2f} |"
            )
            if row.num_failed:
                self.stderr.write(f"{row.num_failed} of {row.width} did not end as they should")


def _values(row: Measurement) -> dict[str, float]:
    return {
        "width": row.width,
        "tokens_per_s": round(row.tokens_per_s, 1),
        "ttft_p50_ms": round(row.ttft_at(0.5), 1),
        "ttft_p99_ms": round(row.ttft_at(0.99), 1),
        "prefill_s": round(row.prefill_s, 3),
        "decode_s": round(row.decode_s, 3),
        "num_failed": row.num_failed,
    }


class _Photos:
    """A photo for each request, none like the other, so that no cache makes it look faster."""

    def __init__(self, path: Path | None) -> None:
        self._given: bytes | None = None
        if path is not None:
            try:
                self._given = photo_decoder().sanitise(path.read_bytes()).image
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}") from error
            except AppError as error:
                raise CommandError(f"{path}: {error.message}") from error

    def take(self, number: int) -> bytes:
        if self._given is not None:
            with Image.open(io.BytesIO(self._given)) as opened:
                image = opened.convert("RGB")
        else:
            image = Image.new("RGB", PHOTO_SIZE, "white")
            ImageDraw.Draw(image).text((40, 60), f"{number}x + 5 = 20", fill="black", font_size=48)
        # One pixel is enough to make it another photo.
        image.putpixel((0, 0), (number % 256, number // 256 % 256, 128))
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()
