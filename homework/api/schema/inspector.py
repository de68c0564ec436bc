"""How drf-spectacular reads a call of this API."""

from __future__ import annotations

import inspect
import re
from typing import Any

from drf_spectacular.drainage import error
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework import serializers

from homework.api.describing import Answer, Description, answered_fields
from homework.api.inputs import PHOTO_SCHEMA, FormFileField, ImageField
from homework.api.negotiation import EVENT_STREAM
from homework.api.outputs.base import OpenAIErrorOutput, Output, ProblemOutput
from homework.api.outputs.events import EVENTS, EventField, event_type
from homework.api.parsers import MultiPartParser
from homework.api.schema import problems
from homework.api.schema.fields import (
    event_schema,
    form_encoding,
    form_examples,
    form_schema,
    merged,
    tightened,
)
from homework.api.schema.shared import (
    ALWAYS,
    EVENT_SCHEMA,
    EXAMPLE_ID,
    JSON,
    Schema,
    header_refs,
    named_examples,
    parameter_ref,
)
from homework.api.views.base import ApiView, NoQuery
from homework.common.problems import OPENAI_PREFIX


class ApiSchema(AutoSchema):
    """The operation of one method of one view."""

    view: ApiView  # type: ignore[override]
    path: str
    method: str
    registry: ComponentRegistry

    def get_operation(
        self,
        path: str,
        path_regex: str,
        path_prefix: str,
        method: str,
        registry: ComponentRegistry,
    ) -> Schema:
        self.path, self.path_regex, self.path_prefix = path, path_regex, path_prefix
        self.method, self.registry = method.upper(), registry
        action = getattr(self.view, self.method.lower())
        described: Description | None = getattr(action, "description", None)
        if described is None:
            error(f"{self.method} {path} is not described; see docs/structure.md")
            described = Description(())
        self._described = described
        self._is_idempotent: bool = getattr(action, "is_idempotent", False)
        self._scope = self.view.scopes.get(self.method)
        summary, _blank, text = inspect.cleandoc(action.__doc__ or "").partition("\n\n")
        operation: Schema = {
            "operationId": self._operation_id(),
            "tags": [self.view.__module__.rpartition(".")[2]],
            "summary": " ".join(summary.split()).rstrip("."),
            "description": text,
            "security": self._security(),
            "parameters": self._parameters(),
            "requestBody": self._body(),
            "responses": self._answers() | self._errors(),
        }
        kept = {"security", "responses"}
        return {name: value for name, value in operation.items() if value or name in kept}

    def _operation_id(self) -> str:
        name = type(self.view).__name__.removesuffix("View")
        return f"{self.method.lower()}_{re.sub(r'(?<!^)(?=[A-Z])', '_', name).lower()}"

    @property
    def _is_public(self) -> bool:
        return not self.view.permission_classes

    def _security(self) -> list[Schema]:
        if self._is_public:
            return []
        scopes = [str(self._scope)] if self._scope else []
        return [{"personalToken": scopes}, {"signIn": []}]

    # What it takes.

    def _parameters(self) -> list[Schema]:
        found: list[Schema] = []
        names = re.findall(r"{(\w+)}", self.path)
        for parameter in self._resolve_path_parameters(names):  # type: ignore[no-untyped-call]
            if parameter["schema"].get("format") == "uuid":
                parameter["example"] = EXAMPLE_ID
            found.append(parameter)
        query = self.view.queries.get(self.method, NoQuery)()
        for name, field in query.fields.items():
            schema = self._map_serializer_field(field, "request")
            parameter = {"name": name, "in": "query", "required": field.required}
            if description := schema.pop("description", ""):
                parameter["description"] = description
            if name == "fields":
                names = list(answered_fields(self._described))
                schema = {"type": "array", "items": {"enum": names}, "minItems": 1}
                parameter |= {"style": "form", "explode": False}
            schema = schema | query.rules.get("properties", {}).get(name, {})
            if not schema.get("default"):
                schema.pop("default", None)
            found.append(parameter | {"schema": schema})
        if self._is_idempotent:
            found.append(parameter_ref("IdempotencyKey"))
        if self._has_etag():
            found.append(parameter_ref("IfNoneMatch"))
        if self._described.heeds_match:
            found.append(parameter_ref("IfMatch"))
        is_stream = any(EVENT_STREAM in answer.media for answer in self._described.answers)
        if is_stream and self.method == "GET":
            found.append(parameter_ref("LastEventID"))
        return found

    def _has_etag(self) -> bool:
        return self.method == "GET" and any(
            answer.status == 200 and answer.is_kept for answer in self._described.answers
        )

    def _body(self) -> Schema:
        kind = self._described.body
        if kind is None:
            return {}
        component = self.resolve_serializer(kind, "request")
        examples = self._examples(kind)
        content: Schema = {}
        for parser in self.view.parser_classes:
            if issubclass(parser, MultiPartParser) and (form := self._described.form):
                content[parser.media_type] = {
                    "schema": self.resolve_serializer(form, "request").ref,
                    "examples": self._examples(form),
                }
            elif issubclass(parser, MultiPartParser):
                content[parser.media_type] = {
                    "schema": form_schema(component.schema),
                    "encoding": form_encoding(component.schema),
                    "examples": named_examples(form_examples(getattr(kind, "examples", {}))),
                }
            else:
                content[parser.media_type] = {
                    "schema": component.ref,
                    "examples": examples,
                }
        is_required = bool(
            {"required", "anyOf", "oneOf", "minProperties"} & component.schema.keys()
        )
        return {"required": is_required, "content": content}

    # How it ends.

    def _answers(self) -> Schema:
        found = {str(answer.status): self._answer(answer) for answer in self._described.answers}
        if self._has_etag():
            found["304"] = {
                "description": "Unchanged since that `ETag`.",
                "headers": header_refs(*ALWAYS, "ETag"),
            }
        return dict(sorted(found.items()))

    def _answer(self, answer: Answer) -> Schema:
        names = list(ALWAYS)
        names += ["Location"] if answer.has_location else []
        names += ["ETag"] if self.method == "GET" and answer.is_kept else []
        names += ["Idempotency-Replayed"] if self._is_idempotent else []
        content: Schema = {}
        if answer.kind is not None:
            if "next" in answer.kind().fields:
                names.append("Link")
            content[JSON] = {
                "schema": self._kind_schema(answer.kind),
                "examples": self._examples(answer.kind),
            }
        for media_type, example in answer.media.items():
            if media_type == EVENT_STREAM:
                content[media_type] = {"schema": EVENT_SCHEMA}
            else:
                content[media_type] = {"schema": {"contentMediaType": media_type}}
            if example:
                content[media_type]["examples"] = named_examples({"an answer": example})
        made = {"description": answer.meaning, "headers": header_refs(*names)}
        return made | ({"content": content} if content else {})

    def _kind_schema(self, kind: type[Output]) -> Schema:
        component = self.resolve_serializer(kind, "response")
        if "fields" not in self.view.queries.get(self.method, NoQuery)().fields:
            return component.ref
        # By `?fields=` the caller says what is in it.
        return self._sparse(component).ref

    def _sparse(self, component: ResolvedComponent) -> ResolvedComponent:
        name = f"Sparse{component.name}"
        sparse = ResolvedComponent(name, ResolvedComponent.SCHEMA, object=name)
        if sparse in self.registry:
            return self.registry[sparse]
        listed = component.schema["properties"].get("data")
        if listed is not None and "items" in listed:
            item = self.registry[listed["items"]["$ref"].rpartition("/")[2], "schemas"]
            items = {"type": "array", "items": self._sparse(item).ref}
            sparse.schema = merged(component.schema, {"properties": {"data": items}})
        else:
            text = f"{component.schema['description']} With `fields`, only those."
            sparse.schema = component.schema | {"required": ["id"], "description": text}
        self.registry.register(sparse)
        return sparse

    def _examples(self, kind: type[serializers.Serializer[Any]]) -> Schema:
        """The examples of a kind, each a component that other calls share."""
        examples = {}
        name = self.get_serializer_name(kind(), "response")
        for title, example in named_examples(getattr(kind, "examples", {})).items():
            component = ResolvedComponent(
                f"{name}.{title}", ResolvedComponent.EXAMPLE, example, kind
            )
            self.registry.register_on_missing(component)
            examples[title] = component.ref
        return examples

    def _errors(self) -> Schema:
        kinds = problems.ANY_CALL + self._described.errors
        if not self._is_public:
            kinds += problems.SIGNED_IN
        if self._scope:
            kinds += problems.WITH_SCOPE
        if "{" in self.path:
            kinds += problems.WITH_ID
        if self._described.body is not None:
            kinds += problems.WITH_BODY
        if self._is_idempotent:
            kinds += problems.WITH_KEY
        if self._described.heeds_match:
            kinds += problems.WITH_MATCH
        is_openai = self.path.startswith(OPENAI_PREFIX)
        self.resolve_serializer(OpenAIErrorOutput if is_openai else ProblemOutput, "response")
        return problems.error_responses(kinds, registry=self.registry, is_openai=is_openai)

    # Fields and components.

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Schema:
        if isinstance(field, EventField):
            return event_schema(
                {event_type(kind): self.resolve_serializer(kind, "response").ref for kind in EVENTS}
            )
        if isinstance(field, ImageField):
            return dict(PHOTO_SCHEMA)
        if isinstance(field, FormFileField):
            return {"type": "string", "contentMediaType": "application/octet-stream"}
        schema: Schema = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )
        schema.pop("x-spec-enum-id", None)
        return tightened(field, schema) if direction == "request" else schema

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        return merged(schema, getattr(serializer, "rules", {}))

    def _get_serializer_name(
        self, serializer: Any, direction: Any, bypass_extensions: bool = False
    ) -> str:
        return str(self.get_serializer_name(serializer, direction))

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return type(serializer).__name__.removesuffix("Output")
