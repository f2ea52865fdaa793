"""The report for programs: it is what the published schema says, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.reports import HOSTILE, edit, finding, proof, slimmed, weighed
from deadweight.core.plan import LeftOut, Plan
from deadweight.core.proof import Verdict
from deadweight.core.report import REPORT_SCHEMA, Report
from deadweight.pipeline.plan_file import plan_text, read_plan, write_plan
from deadweight.reports.json import FORM, document, proof_document, text

DOCS = Path(__file__).parents[2] / "docs"


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((DOCS / name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def told(report: Report) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(FORM.write(report, False))
    return made


@pytest.mark.parametrize("report", [weighed(), slimmed(), weighed(HOSTILE, 5), slimmed(HOSTILE)])
def test_every_report_is_valid_by_the_published_schema(report: Report) -> None:
    validator("report.schema.json").validate(told(report))
    assert told(report)["schema"] == REPORT_SCHEMA


def test_the_schema_refuses_what_is_no_report() -> None:
    for broken in ({**told(weighed()), "findings": [{"rule": "x"}]}, {**told(weighed()), "before": None}):
        assert list(validator("report.schema.json").iter_errors(broken))


def test_every_plan_is_valid_by_the_published_schema() -> None:
    plan = Plan("blake3:0", "directory", (edit("a"), edit(HOSTILE)), (LeftOut(edit("b"), "why"),), 7)
    validator("plan.schema.json").validate(json.loads(plan_text(plan)))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), min_size=1, max_size=20))
def test_any_name_survives_the_json(name: str) -> None:
    written = FORM.write(weighed(name), False)
    assert written.isascii()
    assert json.loads(written)["findings"][0]["paths"] == [f"{name}/0"]


def test_a_plan_with_names_that_are_no_utf_8_survives_its_file(tmp_path: Path) -> None:
    plan = Plan("blake3:0", "directory", (edit(HOSTILE), edit("caf\udce9")))
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan


def test_what_the_nouns_derive_is_written_out() -> None:
    made = told(slimmed())
    (found,) = made["findings"]
    assert found["safety"] == "safe"
    assert found["fingerprint"] == finding("app/0").fingerprint
    assert len(found["fingerprint"]) == 16
    assert made["proof"]["verdict"] == "same"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_verdict_of_a_proof_is_written_as_the_terminal_says_it(verdict: Verdict) -> None:
    assert proof_document(proof(verdict))["verdict"] == str(verdict)


def test_colour_is_nothing_to_json() -> None:
    assert FORM.write(slimmed(), True) == FORM.write(slimmed(), False)


def test_what_was_not_made_is_null_and_not_left_away() -> None:
    made = document(weighed())
    assert made["after"] is None
    assert made["proof"] is None
    assert not made["cuts"]


TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(["a/b", "\x7f", "\udc80", "</script>", "\x00\n\t\x1f"])
PLAIN = st.recursive(
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(PLAIN)
def test_the_text_is_that_of_the_standard_library(value: object) -> None:
    assert text(value) == json.dumps(value, indent=2) + "\n"


def test_bit_by_bit_it_is_the_same_text() -> None:
    report = slimmed()
    assert FORM.pieces is not None
    bits = list(FORM.pieces(report))
    assert "".join(bits) == FORM.write(report, False)
    assert len(bits) > 10
