"""The report for a person: it adds up, it fits, and no name from an artifact reaches the terminal raw."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.reports import HOSTILE, composition, edit, finding, proof, slimmed, weighed
from deadweight.core.edit import Safety
from deadweight.core.gap import Gap
from deadweight.core.plan import LeftOut, Plan
from deadweight.core.proof import NO_PROOF, Verdict
from deadweight.core.report import Cut, Report
from deadweight.reports.terminal import FORM

RAW = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def told(report: Report, colour: bool = False) -> str:
    return FORM.write(report, colour)


@pytest.mark.parametrize("report", [weighed(HOSTILE, 9), slimmed(HOSTILE)], ids=["weigh", "slim"])
def test_no_hostile_name_reaches_the_terminal_raw(report: Report) -> None:
    text = told(replace(report, over_budget=("stored",)))
    assert not RAW.search(text)
    assert "\\x1b[31mred" in text
    assert text.encode("utf-8")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=30))
def test_no_name_at_all_reaches_the_terminal_raw(name: str) -> None:
    for report in (weighed(name), slimmed(name)):
        text = told(report)
        assert not RAW.search(text)
        assert text.count("\n") < 60


@pytest.mark.parametrize("report", [weighed(findings=9), slimmed()], ids=["weigh", "slim"])
def test_lines_of_usual_names_fit_in_110_columns(report: Report) -> None:
    assert max(map(len, told(report).splitlines())) <= 110


@pytest.mark.parametrize("name", ["x" * 3000, "path/" * 600], ids=["name", "path"])
def test_lines_of_monstrous_names_stay_readable(name: str) -> None:
    body = told(replace(weighed(name, 9), before=replace(composition("app", 2), owners=composition(name).owners)))
    assert max(map(len, body.splitlines())) < 200


def test_without_colour_there_is_no_escape_code_and_with_it_the_words_are_the_same() -> None:
    for report in (weighed(), slimmed()):
        plain, coloured = told(report), told(report, colour=True)
        assert "\x1b" not in plain
        assert "\x1b[1m" in coloured
        stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_the_parts_are_shown_with_their_sum() -> None:
    assert "  5.0 MB visible + 700.0 kB hidden + 300.0 kB overhead = 6.0 MB\n" in told(weighed())


def test_overhead_is_explained_where_it_is_worth_it_and_causes_of_nothing_are_left_out() -> None:
    text = told(weighed())
    assert "299.0 kB  headers" in text
    assert "padding" not in text
    assert "700.0 kB  overwritten" in text
    assert "chown" not in text


def test_more_owners_than_fit_are_summed() -> None:
    many = tuple(replace(composition().owners[0], owner=f"o{at}", size=100) for at in range(20))
    text = told(replace(weighed(), before=replace(composition(), owners=many)))
    assert re.search(r"8 more +800 B", text)
    assert "o11 " in text
    assert "o12 " not in text


def test_evidence_that_was_just_told_is_not_told_again() -> None:
    same = [replace(finding(name), evidence=finding("x").evidence) for name in ("a", "b", "c")]
    text = told(replace(weighed(), findings=tuple(same)))
    assert text.count("seen at x") == 1
    assert text.count("where x") == 3


def test_findings_of_a_rule_beyond_the_first_are_summed() -> None:
    text = told(replace(weighed(), findings=tuple(finding(f"p{at}", 1000) for at in range(9))))
    assert "9.0 kB  a-rule  safe  9 findings" in text
    assert "5.0 kB  in 5 more findings" in text


def test_where_nothing_was_found_there_is_no_empty_plan() -> None:
    text = told(replace(weighed(), findings=(), plan=Plan("blake3:0", "directory", ()), gaps=()))
    assert "Nothing found that could go." in text
    assert "The plan" not in text


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    left = tuple(LeftOut(edit(f"p{at}"), "a person decides") for at in range(3))
    text = told(replace(weighed(), plan=Plan("blake3:0", "directory", (edit("q"),), left, 5)))
    assert "1 edit on 1 path, about 5 B unpacked would go" in text
    assert "3 edits left out: a person decides" in text


def test_a_plan_says_which_edits_need_a_proof() -> None:
    edits = (edit("q"), edit("r", safety=Safety.PROVEN))
    text = told(replace(weighed(), plan=Plan("blake3:0", "directory", edits)))
    assert "1 edit made only with a proof: slim with --run or --probe" in text


def test_gaps_of_one_reason_are_told_once() -> None:
    gaps = tuple(Gap("open", f"f{at}", "may not be read") for at in range(500))
    text = told(replace(weighed(), gaps=(*gaps, Gap("find", "logs", "failed"))))
    assert "open: f0 and 499 more: may not be read" in text
    assert "find: logs: failed" in text
    several = tuple(Gap("open", "f", f"reason {at}") for at in range(10))
    assert "2 more reasons; --json names them" in told(replace(weighed(), gaps=several))


def test_the_waterfall_goes_from_before_to_after_with_what_is_unexplained() -> None:
    text = told(slimmed())
    steps = re.findall(r"^ +(-?[\d.]+) (k|M)B  (before|after|a-rule|another-rule|grown|everything else)", text, re.M)
    sizes = {name: float(number) * {"k": 1e3, "M": 1e6}[unit] for number, unit, name in steps}
    cuts = sum(size for name, size in sizes.items() if name not in ("before", "after"))
    assert sizes["before"] + cuts == sizes["after"]
    assert sizes["everything else"] == -500_000
    assert "2.50x" in text


def test_where_nothing_was_cut_there_is_no_waterfall() -> None:
    text = told(replace(slimmed(), after=composition(), cuts=()))
    assert "Nothing was cut" in text
    assert "What made the difference" not in text


def test_of_a_program_its_start_and_memory_are_told_and_of_probes_alone_neither() -> None:
    whole = told(replace(slimmed(), proof=proof(Verdict.SAME)))
    assert whole.count("ready in 1.50 s, peak memory 44.0 MB") == 2
    assert whole.count("a sandbox of paper") == 1
    assert "ready in" not in told(replace(slimmed(), proof=proof(Verdict.SAME, program=False)))


def test_a_later_start_is_told_where_bytecode_was_cut_and_only_there() -> None:
    def starting_after(seconds: float, cause: str) -> str:
        whole = proof(Verdict.SAME)
        assert whole.before is not None
        later = replace(whole, after=replace(whole.before, start_seconds=seconds))
        return told(replace(slimmed(), proof=later, cuts=(Cut(cause, 7, 2_000_000),)))

    assert "--ignore bytecode keeps 2.0 MB, and the time" in starting_after(9.5, "bytecode")
    assert "starts later" not in starting_after(1.6, "bytecode")
    assert "starts later" not in starting_after(9.5, "headers")


def test_the_probes_that_are_not_the_same_come_first() -> None:
    verdicts = (*[Verdict.SAME] * 20, Verdict.UNSTABLE, Verdict.DIFFERENT)
    text = told(replace(slimmed(), proof=proof(*verdicts)))
    assert "Proof  different  (22 probes: 20 same, 1 unstable, 1 different)" in text
    shown = re.findall(r"^  (same|unstable|different) +probe", text, re.M)
    assert shown[:3] == ["different", "unstable", "same"]
    assert "and 10 more same" in text


def test_what_was_not_proven_says_why() -> None:
    text = told(replace(slimmed(), proof=NO_PROOF))
    assert "Proof  not run: no command and no probe was given" in text


def test_what_was_taken_out_again_is_named_with_its_reason() -> None:
    text = told(slimmed("tool"))
    assert "taken out again: a-rule on owner of tool: probe tool: not so tool" in text
    assert "What was cut lies in tool.tar; deadweight restore puts it back." in text


def test_what_is_only_stored_smaller_is_told_in_stored_bytes() -> None:
    """Blanked GPU code: the file keeps its size, and the zeros cost nothing."""
    blanked = replace(finding("lib.so", 0, "gpu-code"), stored=5_000_000)
    text = FORM.write(replace(weighed(), findings=(finding("big", 9_000_000), blanked, finding("small", 4000))), False)
    rows = [line.strip() for line in text.splitlines() if re.match(r"  +\S+ [kM]?B  \S+  safe ", line)]
    assert rows[1] == "5.0 MB  gpu-code  safe  1 finding  stored; unpacked it stays as big"
    assert "0 B" not in "".join(rows)


def test_a_step_of_stored_bytes_stands_apart_from_the_sum_of_unpacked_ones() -> None:
    report = slimmed()
    text = FORM.write(replace(report, cuts=(*report.cuts, Cut("gpu-code", 0, 0, 5_000_000))), False)
    assert "-5.0 MB  gpu-code  stored; unpacked it is as big as before" in text
