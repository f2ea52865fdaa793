"""A service that describes itself is asked what can be asked without harm; what can't is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deadweight.core.probe import Probe, ProbeKind
from deadweight.proof.own_checks.error_paths import error_checks
from deadweight.proof.own_checks.routes import route_checks


def parameter(name: str, place: str = "query", **schema: Any) -> dict[str, Any]:  # noqa: ANN401  what JSON holds
    return {"name": name, "in": place, "required": True, "schema": schema}


def described(paths: dict[str, Any], **more: Any) -> str:  # noqa: ANN401  what JSON holds
    return json.dumps({"openapi": "3.1.0", "paths": paths, **more})


def asked(paths: dict[str, Any], *given: Probe, **more: Any) -> list[str]:  # noqa: ANN401  what JSON holds
    checks = route_checks(described(paths, **more), given)
    return [f"{probe.method} {probe.path}" for probe in checks.probes[1:]]


def told(paths: dict[str, Any], *given: Probe) -> tuple[str, ...]:
    return route_checks(described(paths), given).unproven


def get(path: str) -> Probe:
    return Probe(f"GET {path}", ProbeKind.REQUEST, path=path)


@pytest.mark.parametrize("text", ["", "<html>", "[]", '{"paths": 3}', "[" * 100_000, '{"openapi": "3.1.0"}'])
def test_what_is_no_description_makes_no_request(text: str) -> None:
    assert route_checks(text, ()).probes == ()


def test_the_description_itself_and_every_route_without_required_parameters_is_asked() -> None:
    checks = route_checks(described({"/health": {"get": {}}, "/pages": {"get": {"parameters": [{"name": "n"}]}}}), ())
    assert [probe.path for probe in checks.probes] == ["/openapi.json", "/health", "/pages"]
    assert all(probe.made for probe in checks.probes)
    assert checks.unproven == ()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"example": 7}, "7"),
        ({"examples": ["a b"]}, "a%20b"),
        ({"default": True}, "true"),
        ({"enum": ["small", "big"]}, "small"),
        ({"type": "integer", "minimum": 1}, "1"),
        ({"const": "x/y"}, "x%2Fy"),
    ],
)
def test_a_required_parameter_is_filled_with_what_the_description_gives(schema: dict[str, Any], value: str) -> None:
    assert asked({"/items/{id}": {"parameters": [parameter("id", "path", **schema)], "get": {}}}) == [
        f"GET /items/{value}"
    ]


def test_parameters_of_a_query_and_a_header_are_filled_too() -> None:
    wanted = [parameter("q", example="a&b"), {**parameter("X-Key", "header"), "example": "k"}]
    checks = route_checks(described({"/find": {"get": {"parameters": wanted}}}), ())
    assert (checks.probes[1].path, checks.probes[1].headers) == ("/find?q=a%26b", {"X-Key": "k"})


def test_a_route_whose_parameter_nobody_knows_a_value_for_is_told() -> None:
    paths = {"/items/{id}": {"get": {"parameters": [parameter("id", "path", type="integer")]}}}
    assert asked(paths) == []
    assert told(paths) == ("not checked: GET /items/{id}: no example in the API description; give one with --check",)


def test_references_are_followed_and_circles_end() -> None:
    components = {
        "parameters": {"id": parameter("id", "path", **{"$ref": "#/components/schemas/Id"}), "me": {"$ref": "#/x"}},
        "schemas": {"Id": {"minimum": 3}},
    }
    paths = {"/items/{id}": {"get": {"parameters": [{"$ref": "#/components/parameters/id"}]}}}
    assert asked(paths, components=components, x={"$ref": "#/components/parameters/me"}) == ["GET /items/3"]
    circle = {"/a": {"get": {"parameters": [{"$ref": "#/x"}]}}}
    assert asked(circle, x={"$ref": "#/x"}) == ["GET /a"]


def test_a_method_that_needs_a_body_is_asked_with_none_and_what_it_does_is_told() -> None:
    paths = {"/embed": {"post": {"requestBody": {"required": True}}}}
    checks = route_checks(described(paths), ())
    assert (checks.probes[1].method, checks.probes[1].body) == ("POST", "")
    assert checks.unproven[0].startswith("not checked: POST /embed: only that it refuses an empty body was asked")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_method_that_may_change_something_without_a_body_is_not_asked(method: str) -> None:
    assert asked({"/items": {method: {}}}) == []
    assert told({"/items": {method: {}}})[0].startswith(f"not checked: {method.upper()} /items:")


def test_what_a_person_asks_is_neither_asked_again_nor_told() -> None:
    paths = {"/items/{id}": {"get": {"parameters": [parameter("id", "path")]}}, "/health": {"get": {}}}
    given = (get("/items/4?full=1"), get("/health"))
    assert asked(paths, *given) == []
    assert told(paths, *given) == ()


def test_a_stream_without_end_is_not_waited_for() -> None:
    answer: dict[str, Any] = {"responses": {"200": {"content": {"text/event-stream": {}}}}}
    assert asked({"/events": {"get": answer}}) == []
    assert told({"/events": {"get": answer}}) == ("not checked: GET /events: its answer is a stream",)


def test_the_number_of_requests_is_bounded_and_the_rest_is_told() -> None:
    paths: dict[str, Any] = {f"/{number}": {"get": {}} for number in range(100)}
    assert len(asked(paths)) == 60
    assert told(paths) == ("not checked: 40 more routes, the first made: routes: GET /60",)


def test_a_path_that_is_not_there_and_a_method_that_is_refused_are_asked() -> None:
    checks = error_checks((get("/health"), get("/other")))
    assert [(probe.method, probe.path) for probe in checks.probes][1:] == [("TRACE", "/health")]
    assert checks.probes[0].path not in ("/", "/health")
