"""`manage.py serve`: the whole site in one process, engine included."""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted depends.
from homework.common.paced_server import PacedServer  # isort: skip

import ipaddress
from argparse import ArgumentParser
from typing import Any

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from homework.access.credentials import authorization_is_known
from homework.common.bounded_server import WEBSOCKET_MAX_FRAME_BYTES
from homework.common.checks import is_local_host
from homework.common.large_bodies import LargeBodies
from homework.pipeline import process
from homework.pipeline.engine import InferenceError
from homework.pipeline.model_arguments import add_model_arguments, use_model
from homework.pipeline.process import AlreadyRunningError, InstanceLock, make_pipeline
from homework.pipeline.serving import Serving

BODY_TIMEOUT_S = 300.0


class Command(BaseCommand):
    help = "Serve the site: pages, sockets, and the engine that answers the questions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to bind")
        parser.add_argument("--port", default=8000, type=int, help="TCP port; 0 for any")
        add_model_arguments(parser)

    def execute(self, *args: Any, **options: Any) -> str | None:
        use_model(options["model"], options["revision"])  # before the system checks
        return super().execute(*args, **options)

    def handle(self, *args: object, host: str, port: int, **options: object) -> None:
        _check_demo(host)
        _check_database()
        lock = InstanceLock(settings.DATA_DIR)
        try:
            instance = lock.acquire()
        except AlreadyRunningError:
            raise CommandError(
                f"Another server already serves from {settings.DATA_DIR}. One process owns the "
                "engine; stop the other one, or set HH_DATA_DIR."
            ) from None
        pipeline = make_pipeline(instance=instance)
        process.install(pipeline)
        server = PacedServer(
            get_default_application(),
            endpoints=build_endpoint_description_strings(host=host, port=port),
            max_body_bytes=settings.BODY_MAX_BYTES,
            body_timeout_s=BODY_TIMEOUT_S,
            large_bodies=LargeBodies(
                paths=settings.LARGE_BODIES,
                folder=settings.SPOOL_DIR,
                may_send=authorization_is_known,
            ),
            signal_handlers=False,
            websocket_max_message_size=WEBSOCKET_MAX_FRAME_BYTES,
            websocket_max_frame_size=WEBSOCKET_MAX_FRAME_BYTES,
            server_name="",
        )
        try:
            Serving(server, pipeline).run(on_listening=self._tell)
        except InferenceError as error:
            raise CommandError(f"The engine cannot be started: {error.message}") from error
        except OSError as error:
            raise CommandError(f"{host}:{port} cannot be bound; is it in use?") from error
        finally:
            process.install(None)
            lock.release()

    def _tell(self, addresses: list[tuple[str, int]]) -> None:
        for host, port in addresses:
            shown = f"[{host}]" if ":" in host else host
            self.stdout.write(f"Homework Helper listens on http://{shown}:{port}/")
            if not ipaddress.ip_address(host).is_loopback:
                self.stderr.write(
                    self.style.WARNING(
                        f"{shown} can be reached from other machines. Put a proxy with HTTPS in "
                        "front of it and set HH_HTTPS, HH_ALLOWED_HOSTS and HH_ORIGINS."
                    )
                )
        self.stdout.flush()


def _check_demo(host: str) -> None:
    """The hosts that the site answers to protect no demo: whoever reaches it may claim any."""
    if settings.DEMO and not is_local_host(host):
        raise CommandError(
            f"The demo accounts have public passwords, but others would reach {host}. "
            "Unset HH_DEMO, or bind 127.0.0.1."
        )


def _check_database() -> None:
    """Refuse a database that is away or that this version does not know."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan: list[Any] = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError("The database cannot be reached; see HH_DATABASE_URL.") from error
    if plan:
        raise CommandError("The database is not up to date. Run: python manage.py migrate")
    connections.close_all()
