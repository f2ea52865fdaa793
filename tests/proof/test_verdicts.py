from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.core.proof import Verdict
from deadweight.proof.verdicts import compare_runs

GET = Probe("GET /", ProbeKind.REQUEST)
SWEEP = Probe("imports", ProbeKind.IMPORTS, modules=("a", "b"))
LINE = Probe("ls", ProbeKind.COMMAND)


def answer(probe: Probe, output: str = "fine", status: int = 200, error: str = "") -> Observation:
    digest = f"sha256:{hashlib.sha256(output.encode()).hexdigest()}"
    return Observation(probe.name, status, output, digest, "text/plain", 0.1, error)


def record(*observations: Observation, error: str = "", started: bool = True, log: str = "") -> RunRecord:
    return RunRecord(observations, started, 1.0, 1, "bubblewrap", log, error)


FINE = record(answer(GET))


def test_three_runs_alike_are_the_same_and_kept_in_the_proof() -> None:
    after = replace(FINE, start_seconds=0.5)
    proof = compare_runs(FINE, FINE, after, [GET])
    assert proof.verdict is Verdict.SAME
    assert (proof.before, proof.after) == (FINE, after)


def test_a_probe_that_differs_from_itself_says_nothing_of_the_copy() -> None:
    proof = compare_runs(FINE, record(answer(GET, "else")), record(answer(GET, "third")), [GET])
    assert proof.verdict is Verdict.UNSTABLE
    assert "line 1: 'fine' became 'else'" in proof.comparisons[0].difference


def test_an_import_that_works_only_the_second_time_is_unstable_too() -> None:
    once, twice = answer(SWEEP, "a\tok\nb\tOSError: x\n", 1), answer(SWEEP, "a\tok\nb\tok\n", 0)
    proof = compare_runs(record(once), record(twice), record(once), [SWEEP])
    assert proof.verdict is Verdict.UNSTABLE


@pytest.mark.parametrize(
    ("probe", "seen", "why"),
    [
        (replace(GET, expect=200), answer(GET, status=404), "answers 404, 200 was expected"),
        (GET, answer(GET, status=500), "say so: 'GET / -> 500'"),
        (GET, answer(GET, status=-1, error="no answer: timeout"), "the original: no answer: timeout"),
        (LINE, answer(LINE, status=2), "exits with status 2, 0 was expected"),
        (SWEEP, answer(SWEEP, "a\tOSError: x\nb\t", status=2), "can import none of the modules: a: OSError: x"),
    ],
)
def test_an_original_that_is_broken_proves_nothing(probe: Probe, seen: Observation, why: str) -> None:
    proof = compare_runs(record(seen), record(seen), record(seen), [probe])
    assert proof.verdict is Verdict.NOT_RUN
    assert why in proof.comparisons[0].difference


def test_an_error_that_is_expected_is_a_proof() -> None:
    seen = record(answer(GET, status=500))
    assert compare_runs(seen, seen, seen, [replace(GET, expect=500)]).verdict is Verdict.SAME


def test_a_copy_that_dies_is_different_where_the_original_lives() -> None:
    dead = record(error="the program exited with status 1", started=False, log="loading\nImportError: x\n")
    proof = compare_runs(FINE, FINE, dead, [GET])
    assert [one.verdict for one in proof.comparisons] == [Verdict.DIFFERENT, Verdict.DIFFERENT]
    assert proof.comparisons[0].difference == "the program exited with status 1: ImportError: x"


def test_an_original_that_always_hangs_at_the_end_does_not_blame_the_copy() -> None:
    hanging = record(answer(GET), error="did not stop")
    assert compare_runs(hanging, hanging, hanging, [GET]).verdict is Verdict.SAME
    once = compare_runs(hanging, FINE, FINE, [GET])
    assert [one.verdict for one in once.comparisons] == [Verdict.UNSTABLE, Verdict.SAME]


def test_an_original_that_starts_only_once_is_not_run() -> None:
    proof = compare_runs(FINE, record(error="port taken", started=False), FINE, [GET])
    assert proof.verdict is Verdict.NOT_RUN
    assert proof.why_not_run == "the original does not run: port taken"


def test_the_end_of_a_batch_is_compared_without_a_probe() -> None:
    ended = Observation("run", 0, "x", "sha256:" + "0" * 64)
    other = replace(ended, status=4)
    assert compare_runs(record(ended), record(ended), record(ended), []).verdict is Verdict.SAME
    assert compare_runs(record(ended), record(ended), record(other), []).verdict is Verdict.DIFFERENT


def test_a_batch_that_fails_before_any_edit_proves_nothing_and_says_its_last_words() -> None:
    failed = record(Observation("run", 1), log="Traceback\nOSError: [Errno 30] Read-only file system: 'x.db'\n")
    proof = compare_runs(failed, failed, failed, [])
    assert proof.verdict is Verdict.NOT_RUN
    assert proof.comparisons[0].difference == (
        "the original exits with status 1, 0 was expected: OSError: [Errno 30] Read-only file system: 'x.db' "
        "(in the sandbox nothing of the tree can be written: name what it writes to with --writable DIR)"
    )


MADE = replace(LINE, name="made", made=True)


def ended(status: int, trouble: str = "", seconds: float = 0.1) -> RunRecord:
    return record(replace(answer(MADE, status=status), trouble=trouble, seconds=seconds))


@pytest.mark.parametrize("status", [0, 1, 2])
def test_what_deadweight_made_up_may_end_as_it_likes(status: int) -> None:
    proof = compare_runs(ended(status), ended(status), ended(status), [MADE])
    assert [one.verdict for one in proof.comparisons] == [Verdict.SAME]
    assert compare_runs(ended(status), ended(status), ended(3), [MADE]).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (
            ended(1, "Traceback (most recent call last):\n  x\nKeyError: 'HOME'"),
            "exits with status 1: KeyError: 'HOME'",
        ),
        (ended(1, "ModuleNotFoundError: No module named 'rich'\n"), "exits with status 1"),
        (ended(127, "not found"), "exits with status 127: not found"),
        (ended(0, seconds=50), "takes 50 s for it"),
    ],
)
def test_what_the_original_itself_can_not_do_is_told_as_unproven(seen: RunRecord, why: str) -> None:
    proof = compare_runs(seen, seen, seen, [MADE])
    assert proof.comparisons == ()
    assert proof.verdict is Verdict.NOT_RUN
    assert why in proof.unproven[0]


def test_a_difference_in_what_nothing_reaches_is_told_and_fails_nothing() -> None:
    loose = replace(MADE, binding=False)
    proof = compare_runs(ended(0), ended(0), ended(1, "no"), [loose])
    assert proof.comparisons == ()
    assert proof.unproven == ("made: exit status 0 became 1: 'no'",)


def test_a_sweep_that_was_not_done_twice_counts_as_seen_twice() -> None:
    seen = record(answer(SWEEP, "a\tok\nb\tok\n", 0))
    assert compare_runs(seen, record(), seen, [SWEEP]).verdict is Verdict.SAME
    worse = record(answer(SWEEP, "a\tok\nb\tValueError: x\n", 1))
    assert compare_runs(seen, record(), worse, [SWEEP]).verdict is Verdict.DIFFERENT


def test_probes_of_a_person_that_are_all_unstable_are_not_proven_by_what_deadweight_asks() -> None:
    first, second = record(answer(GET), answer(MADE, status=0)), record(answer(GET, "else"), answer(MADE, status=0))
    assert compare_runs(first, second, first, [GET, MADE]).verdict is Verdict.UNSTABLE


def test_a_distribution_of_another_environment_is_told_as_long_as_others_can_be_imported() -> None:
    probes = [
        Probe(f"imports: {name}", ProbeKind.IMPORTS, modules=(name,), part_of="imports") for name in ("here", "away")
    ]
    seen = (Observation("imports: here", 0, "here\tok\n"), Observation("imports: away", 1, "away\tError: none\n"))
    record = RunRecord(seen, True, 0.1, 1, "held")
    proof = compare_runs(record, record, record, probes)
    assert proof.verdict is Verdict.SAME
    assert [one.probe for one in proof.comparisons] == ["imports: here"]
    assert "away" in proof.unproven[0]
    alone = compare_runs(replace(record, observations=seen[1:]), record, record, probes[1:])
    assert alone.verdict is Verdict.NOT_RUN
