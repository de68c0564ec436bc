"""The site under the fuzzer: all of it is real but the engine, which answers at once."""

from __future__ import annotations

# First: it installs the reactor.
from tests.scripted_server import serve  # isort: skip

from django.conf import settings

from homework.pipeline.engine import PipelineEngine


def make() -> PipelineEngine:
    from tests.homework.pipeline.scripted import make_engine

    return make_engine()


if __name__ == "__main__":
    serve(make, max_body_bytes=settings.BODY_MAX_BYTES)
