"""The API's description: as files for programs, and as a page for people."""

from __future__ import annotations

import functools
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from homework.api.schema.document import as_yaml, openapi_document
from homework.api.schema.reference import reference
from homework.api.schema.sockets import asyncapi_document
from homework.api.views.auth import PublicView


@functools.cache
def _json() -> bytes:
    return json.dumps(openapi_document(), ensure_ascii=False).encode()


@functools.cache
def _yaml() -> bytes:
    return as_yaml(openapi_document()).encode()


@functools.cache
def _asyncapi() -> bytes:
    return as_yaml(asyncapi_document()).encode()


class OpenApiJsonView(PublicView):
    schema = None  # does not describe itself

    def get(self, request: Request) -> HttpResponse:
        """Get the OpenAPI document."""
        return HttpResponse(_json(), content_type="application/json")


class OpenApiYamlView(PublicView):
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Get the OpenAPI document as YAML."""
        return HttpResponse(_yaml(), content_type="application/yaml")


class AsyncApiYamlView(PublicView):
    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Get the AsyncAPI document of the websockets."""
        return HttpResponse(_asyncapi(), content_type="application/yaml")


@require_safe
def reference_page(request: HttpRequest) -> HttpResponse:
    """The page: every call, kind and error."""
    return render(request, "api/reference.html", {"reference": reference()})
