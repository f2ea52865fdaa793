"""Probes from what a person writes: `GET /path`, `POST /path {json} -> 201`, `command: …`, `imports`, `@file.json`."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from deadweight.core.errors import UsageError
from deadweight.core.probe import Probe, ProbeKind

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_REQUEST = re.compile(rf"(?P<method>{'|'.join(_METHODS)})\s+(?P<path>/\S*)(?:\s+(?P<body>.+))?", re.DOTALL)
_COMMAND = re.compile(r"(?:cmd|command):\s*(?P<line>.+)", re.DOTALL)
_IMPORTS = re.compile(r"imports(?::\s*(?P<modules>.*))?")
_EXPECTED = re.compile(r"\s*->\s*(\d{1,3})\s*$")
_URL_SAFE = "/?&=%:+,;@!$'()*~#[]"
_NAME_LENGTH = 80
_ADVICE = 'A probe is GET /path · POST /path {"json": 1} · GET /path -> 404 · command: LINE · imports · @file.json'


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """One probe of a JSON file: a request (`path`), a `command` or `imports` (true, or a list of modules)."""

    name: str = ""
    path: str = ""
    method: str = "GET"
    headers: dict[str, str] = {}
    body: object = None
    command: str = ""
    imports: bool | list[str] = False
    expect: int = 0
    tolerance: float = 0.0
    ignore: list[str] = []
    timeout: float = 60.0


def parse_probes(specs: Sequence[str], base: Path) -> tuple[Probe, ...]:
    """The probes in the order written, each with a name of its own; files are looked for under `base`.

    Raises UsageError that says which one is wrong, and why.
    """
    return _named(probe for spec in specs for probe in _parsed(spec.strip(), base))


def _parsed(spec: str, base: Path) -> Iterator[Probe]:
    if spec.startswith("@"):
        yield from _from_file(base / spec[1:])
    elif imports := _IMPORTS.fullmatch(spec):
        yield Probe(spec, ProbeKind.IMPORTS, modules=tuple((imports["modules"] or "").replace(",", " ").split()))
    else:
        found = _EXPECTED.search(spec)
        yield _one(spec[: found.start()] if found else spec, int(found[1]) if found else 0)


def _one(text: str, expect: int) -> Probe:
    if command := _COMMAND.fullmatch(text):
        return Probe(text, ProbeKind.COMMAND, command=command["line"], expect=expect)
    request = _REQUEST.fullmatch(text)
    if not request:
        raise UsageError(f"{text!r} is no probe", advice=_ADVICE)
    body = request["body"] or ""
    headers = _json_headers(body, text) if body else {}
    path = _quoted(request["path"])
    return Probe(
        text, ProbeKind.REQUEST, method=request["method"], path=path, headers=headers, body=body, expect=expect
    )


def _json_headers(body: str, where: str) -> dict[str, str]:
    try:
        json.loads(body)
    except ValueError as error:
        raise UsageError(
            f"the body is no JSON: {error}", where=where, advice="Other bodies go in a @file.json."
        ) from error
    return {"Content-Type": "application/json"}


def _quoted(path: str) -> str:
    return urllib.parse.quote(path, safe=_URL_SAFE)


def _from_file(path: Path) -> Iterator[Probe]:
    try:
        written = msgspec.json.decode(path.read_bytes(), type=list[_Written])
    except OSError as error:
        raise UsageError(f"the probes cannot be read: {error.strerror}", where=str(path), advice=_ADVICE) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        advice = "The file is a JSON list of objects with path, command or imports; see the documentation of probes."
        raise UsageError(f"not a list of probes: {error}", where=str(path), advice=advice) from error
    for index, one in enumerate(written):
        yield _checked(one, f"{path}: $[{index}]")


def _checked(one: _Written, where: str) -> Probe:
    if sum(map(bool, (one.path, one.command, one.imports))) != 1:
        raise UsageError("a probe has exactly one of path, command and imports", where=where)
    if one.path and (not one.path.startswith("/") or one.method.upper() not in _METHODS):
        raise UsageError(f"{one.method} {one.path} is no request: a path starts with '/'", where=where)
    if one.timeout <= 0 or one.tolerance < 0:
        raise UsageError("timeout must be above 0 seconds, tolerance not below 0", where=where)
    return _made(one)


def _made(one: _Written) -> Probe:
    if one.imports:
        modules = tuple(one.imports) if isinstance(one.imports, list) else ()
        return Probe(one.name or "imports", ProbeKind.IMPORTS, modules=modules, timeout=one.timeout)
    kind = ProbeKind.COMMAND if one.command else ProbeKind.REQUEST
    is_json = one.body is not None and not isinstance(one.body, str)
    return Probe(
        name=one.name or one.command or f"{one.method.upper()} {one.path}",
        kind=kind,
        command=one.command,
        method=one.method.upper(),
        path=_quoted(one.path),
        headers=({"Content-Type": "application/json"} if is_json else {}) | one.headers,
        body=_body_text(one.body),
        expect=one.expect,
        tolerance=one.tolerance,
        ignore=tuple(one.ignore),
        timeout=one.timeout,
    )


def _body_text(body: object) -> str:
    return "" if body is None else body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def _named(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    """Each under a name of its own: short, and with a number where it was taken."""
    taken: dict[str, int] = {}
    named = []
    for probe in probes:
        name = probe.name if len(probe.name) <= _NAME_LENGTH else probe.name[:_NAME_LENGTH] + "…"
        taken[name] = taken.get(name, 0) + 1
        named.append(replace(probe, name=name if taken[name] == 1 else f"{name} ({taken[name]})"))
    return tuple(named)
