"""The ASGI application: HTTP to Django, websockets to the consumers."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
django.setup(set_prefix=False)

# After the applications are loaded.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from homework.common.request_threads import BlockingHandler, RequestThreads  # noqa: E402
from homework.consumers.routing import websocket_urlpatterns  # noqa: E402

# The sockets look up their session themselves: again and again while they are open.
application = ProtocolTypeRouter(
    {"http": RequestThreads(BlockingHandler()), "websocket": URLRouter(websocket_urlpatterns)}
)
