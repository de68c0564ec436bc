"""The ASGI application: HTTP to Django, websockets to the consumers."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
_django = get_asgi_application()

# After the applications are loaded.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from homework.common.request_threads import RequestThreads  # noqa: E402
from homework.consumers.routing import websocket_urlpatterns  # noqa: E402

# The sockets look up their session themselves: again and again while they are open.
application = ProtocolTypeRouter(
    {"http": RequestThreads(_django), "websocket": URLRouter(websocket_urlpatterns)}
)
