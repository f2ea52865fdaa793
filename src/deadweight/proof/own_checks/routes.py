"""The routes of a service that describes itself (OpenAPI) are asked what can be asked without harm."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deadweight.core.probe import Probe, ProbeKind
from deadweight.proof.own_checks.ground import Checks

DESCRIPTION = Probe("made: routes: GET /openapi.json", ProbeKind.REQUEST, path="/openapi.json", made=True)
_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"\{[^}]*\}")
_MOST = 60
_SECONDS = 30.0
_NO_EXAMPLE = "no example in the API description; give one with --check"
Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Operation:
    """One method of one route, its parameters resolved."""

    method: str
    route: str
    parameters: tuple[Document, ...]
    body_needed: bool
    streams: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"

    def is_asked_by(self, probe: Probe) -> bool:
        """Whether a person's probe asks this route with this method."""
        pattern = "[^/]+".join(map(re.escape, _PARAMETER.split(self.route)))
        path = probe.path.partition("?")[0]
        return probe.kind is ProbeKind.REQUEST and probe.method == self.method and bool(re.fullmatch(pattern, path))


def route_checks(description: str, given: Sequence[Probe]) -> Checks:
    """Requests to the routes of the description, a JSON text that may be none; what `given` probes ask is left to them.

    GET routes are asked with the examples, defaults or least values that the description gives for what they require.
    Another method is asked with an empty body where one is required, so that it must refuse; what it does with a whole
    one is unproven.
    """
    document = _parsed(description)
    if document is None:
        return Checks()
    operations = [one for one in _operations(document) if not any(map(one.is_asked_by, given))]
    probes = [probe for one in operations if (probe := _probe(one)) is not None]
    told = [f"not checked: {one.name}: {why}" for one in operations if (why := _unproven(one))]
    if len(probes) > _MOST:
        told.append(f"not checked: {len(probes) - _MOST} more routes, the first {probes[_MOST].name}")
    return Checks((DESCRIPTION, *probes[:_MOST]), tuple(told))


def _parsed(description: str) -> Document | None:
    try:
        document = json.loads(description)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and isinstance(document.get("paths"), dict) else None


def _operations(document: Document) -> Iterator[_Operation]:
    for route, item in _mapping(document, "paths").items():
        if not isinstance(item, dict) or not str(route).startswith("/"):
            continue
        for method in _METHODS:
            if method in item:
                yield _operation(document, (str(route), method), item)


def _operation(document: Document, named: tuple[str, str], item: Document) -> _Operation:
    route, method = named
    here = _mapping(item, method)
    every = [_resolved(document, one) for one in (*_sequence(item, "parameters"), *_sequence(here, "parameters"))]
    by_place = {(one.get("in"), one.get("name")): one for one in every}
    body = _resolved(document, here.get("requestBody"))
    parameters = tuple(_with_schema(document, one) for one in by_place.values())
    return _Operation(
        method.upper(), route, parameters, body.get("required") is True, "event-stream" in json.dumps(here)
    )


def _probe(operation: _Operation) -> Probe | None:
    """The request that asks the operation without harm, None where there is none."""
    if operation.streams or (operation.method != "GET" and not operation.body_needed):
        return None
    required = [one for one in operation.parameters if one.get("required") or one.get("in") == "path"]
    values = {(str(one.get("in")), str(one.get("name"))): _value(one) for one in required}
    if None in values.values():
        return None
    headers = {} if operation.method == "GET" else {"Content-Type": "application/json"}
    headers |= {name: str(value) for (place, name), value in values.items() if place == "header"}
    asked = _filled(operation.route, values)
    name = f"made: routes: {operation.method} {asked}" + ("" if operation.method == "GET" else " with nothing")
    return Probe(
        name, ProbeKind.REQUEST, method=operation.method, path=asked, headers=headers, timeout=_SECONDS, made=True
    )


def _filled(route: str, values: Mapping[tuple[str, str], object]) -> str:
    """The route with the values that belong into its path and its query."""
    for (place, name), value in values.items():
        if place == "path":
            route = route.replace("{" + name + "}", urllib.parse.quote(str(value), safe=""))
    query = {name: value for (place, name), value in values.items() if place == "query"}
    return f"{route}?{urllib.parse.urlencode(query)}" if query else route


def _unproven(operation: _Operation) -> str:
    """Why what the operation does is not shown by what is asked, empty where it is."""
    if operation.streams:
        return "its answer is a stream"
    if operation.method != "GET":
        refused = "only that it refuses an empty body was asked: " if _probe(operation) else ""
        return refused + _NO_EXAMPLE
    return "" if _probe(operation) else _NO_EXAMPLE


def _value(parameter: Document) -> object | None:
    """A value that the description gives for the parameter: an example, a default, the first or the least allowed."""
    schema = _mapping(parameter, "schema")
    listed = [*_sequence(schema, "examples"), *_sequence(schema, "enum")]
    named = [one.get("value") for one in _mapping(parameter, "examples").values() if isinstance(one, dict)]
    stated = [parameter.get("example"), *named, schema.get("example"), schema.get("default"), schema.get("const")]
    least = schema.get("minimum")
    found = (one for one in (*stated, *listed, least) if isinstance(one, str | int | float))
    value = next(found, None)
    return str(value).lower() if isinstance(value, bool) else value


def _with_schema(document: Document, parameter: Document) -> Document:
    return {**parameter, "schema": _resolved(document, parameter.get("schema"))}


def _resolved(document: Document, value: object) -> Document:
    """The mapping itself, or the one that its `$ref` means within the document; empty for what is none."""
    for _ in range(10):
        if not isinstance(value, dict):
            return {}
        reference = value.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return value
        value = document
        for step in reference[2:].split("/"):
            value = value.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(value, dict) else None
    return {}


def _mapping(holder: Document, key: str) -> Mapping[str, object]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _sequence(holder: Document, key: str) -> list[object]:
    value = holder.get(key)
    return value if isinstance(value, list) else []
