"""The report as JSON, for programs; `docs/report.schema.json` says what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from deadweight.core.finding import Finding
from deadweight.core.proof import Proof
from deadweight.core.report import Report
from deadweight.core.seams import ReportForm


def document(report: Report) -> dict[str, object]:
    """The report as plain values; what the nouns derive (safety, fingerprint, verdict) is written out."""
    plain = as_plain(replace(report, findings=()))
    plain["findings"] = [finding_document(finding) for finding in report.findings]
    if report.proof is not None:
        plain["proof"] = proof_document(report.proof)
    return plain


def finding_document(finding: Finding) -> dict[str, object]:
    """A finding with its safety and fingerprint."""
    return {**as_plain(finding), "safety": str(finding.safety), "fingerprint": finding.fingerprint}


def proof_document(proof: Proof) -> dict[str, object]:
    """A proof with its verdict."""
    return {**as_plain(proof), "verdict": str(proof.verdict)}


def as_plain(value: object) -> dict[str, object]:
    """A noun as dictionaries, lists, text and numbers."""
    import msgspec

    return cast("dict[str, object]", msgspec.to_builtins(value))


def text(value: object) -> str:
    """JSON, indented; names that are not UTF-8 come out as lone surrogate escapes, which `json.loads` takes back."""
    return "".join(pieces(value))


def pieces(value: object) -> Iterator[str]:
    """The same text, bit by bit."""
    yield from _pieces(value, "\n", 3)
    yield "\n"


def _pieces(value: object, line: str, depth: int) -> Iterator[str]:
    """The text item by item, down to that depth: nothing of 16 MB is held three times."""
    if not (depth and value and isinstance(value, (dict, list, tuple))):
        yield _formatted(value).replace("\n", line)
        return
    named = isinstance(value, dict)
    items = value.items() if isinstance(value, dict) else (("", item) for item in value)
    between = "{" if named else "["
    for name, item in items:
        yield f"{between}{line}  " + (f"{json.dumps(name)}: " if named else "")
        yield from _pieces(item, f"{line}  ", depth - 1)
        between = ","
    yield line + ("}" if named else "]")


def _formatted(value: object) -> str:
    """As the standard library writes it; what is plain, a sixth of the time."""
    import msgspec

    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        encoded = b"\x7f"
    if encoded.isascii() and b"\x7f" not in encoded:
        return msgspec.json.format(encoded, indent=2).decode("ascii")
    return json.dumps(value, indent=2, ensure_ascii=True, sort_keys=False)


def schema(kind: type[object], derived: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a noun; `derived` adds to the named definitions what is written out besides."""
    import msgspec

    made = msgspec.json.schema(kind)
    for name, properties in derived.items():
        made["$defs"][name]["properties"].update(properties)
        made["$defs"][name]["required"] = [*made["$defs"][name].get("required", ()), *properties]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def report_schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    words = {"type": "string"}
    return schema(Report, {"Finding": {"safety": words, "fingerprint": words}, "Proof": {"verdict": words}})


def _write(report: Report, colour: bool) -> str:
    return text(document(report))


def _bit_by_bit(report: Report) -> Iterator[str]:
    return pieces(document(report))


FORM: ReportForm = ReportForm("json", "one JSON document, versioned", _write, _bit_by_bit)
