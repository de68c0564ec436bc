"""The site's own server around an engine that a test brings along; all else is real."""

from __future__ import annotations

# First: it installs the reactor.
from homework.common.paced_server import PacedServer  # isort: skip

from collections.abc import Callable

import django

from homework.pipeline.engine import PipelineEngine


def serve(make: Callable[[], PipelineEngine], *, max_body_bytes: int = 1024 * 1024) -> None:
    """Serve on a free port of this machine, print the address, and return when it is stopped."""
    django.setup()

    from channels.routing import get_default_application
    from daphne.endpoints import build_endpoint_description_strings

    from homework.pipeline import process
    from homework.pipeline.process import Pipeline
    from homework.pipeline.serving import Serving

    pipeline = Pipeline(make(), instance="scripted")
    process.install(pipeline)
    server = PacedServer(
        get_default_application(),
        endpoints=build_endpoint_description_strings(host="127.0.0.1", port=0),
        max_body_bytes=max_body_bytes,
        body_timeout_s=60.0,
        signal_handlers=False,
        websocket_max_message_size=16 * 1024,
        websocket_max_frame_size=16 * 1024,
    )
    Serving(server, pipeline).run(
        on_listening=lambda addresses: print(f"http://127.0.0.1:{addresses[0][1]}/", flush=True)
    )
