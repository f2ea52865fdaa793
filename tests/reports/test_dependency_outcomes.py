"""What is told of locks, splits and fixes: names first, figures with units, no control characters."""

from __future__ import annotations

from deadweight.core.gap import Gap
from deadweight.core.proof import NO_PROOF, Comparison, Proof, Verdict
from deadweight.core.requirement import Pinned, Place
from deadweight.dependencies.fixing import Fixes, Step
from deadweight.dependencies.lock_changes import Change, LockOutcome, changes
from deadweight.dependencies.split_outcome import Returned, SplitOutcome, Trial, Weighed
from deadweight.dependencies.splitting import Kept, Left, Split
from deadweight.reports.dependencies.fixing import difference_text, fixes_text
from deadweight.reports.dependencies.locking import lock_report
from deadweight.reports.dependencies.splitting import split_report
from deadweight.reports.paint import Paint

PLAIN, COLOURED = Paint(False), Paint(True)
PIN = Pinned("flask", "3.1", Place("lock"))
SPLIT = Split(
    {"core": (Kept("flask", "flask>=3", "", "core"), Kept("numpy", "numpy>=2", "added: numpy is imported (a.py:1)"))},
    (Left("attrs", "attrs>=20", "nothing uses it", Place("requirements.txt", 4), 1500),),
    (Left("yaml", "yaml", "it may be of yaml", Place("a.py", 2)),),
)


def outcome(trial: Trial | None = None, written: bool = True) -> SplitOutcome:
    weights = (Weighed("core", 2, 9, 1_400_000, 5_200_000),)
    gaps = (Gap("imports", "b.py", "it cannot be parsed"),)
    return SplitOutcome("lists", SPLIT, weights, {}, written, Weighed("now", 6, 24, None, 19_800_000), trial, gaps)


def test_a_lock_tells_what_changed_and_what_has_no_hash() -> None:
    found = changes({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})
    assert found == (Change("b", "1", "2"), Change("c", "1", ""), Change("d", "", "1"))
    told = lock_report(LockOutcome("x.lock", "", (PIN,), ("linux",), False, True, True, 2000, found, ("mine",)), PLAIN)
    assert told.splitlines() == [
        "x.lock  1 exact version, 2.0 kB to download, for linux",
        "  written anew",
        "  b  1 -> 2",
        "  c  gone, was 1",
        "  d  new, 1",
        "  no hash is known of mine: pip --require-hashes refuses the list",
    ]


def test_a_lock_that_is_checked_says_how_it_stands() -> None:
    def told(current: bool, there: bool) -> str:
        return lock_report(LockOutcome("x", "", (), (), current, there, False, None), PLAIN).splitlines()[1].strip()

    assert told(True, True) == "up to date"
    assert told(False, True).startswith("out of date")
    assert told(False, False) == "not there"


def test_a_split_tells_lists_moves_and_reasons() -> None:
    lines = split_report(outcome(), PLAIN).splitlines()
    assert lines[:3] == [
        "lists",
        "  core  2 asked for       9 exact  1.4 MB to download   5.2 MB on disk",
        "  now   6 asked for  24 installed                      19.8 MB on disk",
    ]
    assert "  numpy>=2  core  added: numpy is imported (a.py:1)" in lines
    assert "  attrs>=20  requirements.txt:4: nothing uses it (1.5 kB)" in lines
    assert "  yaml  a.py:2: it may be of yaml" in lines
    assert lines[-1] == "not known  b.py: it cannot be parsed"
    assert any(line.startswith("not proven") for line in lines)


def test_a_proof_tells_its_verdict_both_weights_and_what_was_put_back() -> None:
    same = Proof((Comparison("GET /", Verdict.SAME), Comparison("GET /b", Verdict.SAME)))
    told = split_report(outcome(Trial(same, 19_800_000, 5_000_000, (Returned("attrs", "attr", "GET /"),))), PLAIN)
    assert "proof      same: 2 probes answered the same\n" in told
    assert "  19.8 MB before, 5.0 MB with the core list: 3.96x, bytecode left out\n" in told
    assert "  put back  attrs: GET /  misses attr" not in told
    assert "  put back  attrs: GET / misses attr\n" in told


def test_what_is_not_proven_or_not_written_never_reads_as_fine() -> None:
    different = Proof((Comparison("GET /", Verdict.DIFFERENT, "status 200 became 500"),))
    told = split_report(outcome(Trial(different, 2, 1), written=False), PLAIN)
    assert "lists  not written" in told
    assert "  different  GET /: status 200 became 500" in told
    assert "proof      not run: no command" in split_report(outcome(Trial(NO_PROOF, 2, 1)), PLAIN)


def test_a_diff_is_coloured_by_its_signs_and_printable() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\x1b[2J\n+new\n same\n"
    assert difference_text(text, PLAIN) == text.replace("\x1b", "\\x1b")
    lines = difference_text(text, COLOURED).splitlines()
    assert [line[:5] for line in lines[3:5]] == ["\x1b[31m", "\x1b[32m"]
    assert lines[5] == " same"


def test_fixes_tell_what_is_done_and_what_is_left() -> None:
    steps = (Step("removed", "attrs", "nothing uses it"), Step("added", "numpy", "it is imported"))
    left = (Left("x", "x>=1", "setup.py is code", Place("setup.py", 3)),)
    assert fixes_text(Fixes(steps, left), PLAIN).splitlines() == [
        "removed  attrs  nothing uses it",
        "added    numpy  it is imported",
        "left to you",
        "  x>=1 (setup.py:3): setup.py is code",
    ]
    assert fixes_text(Fixes(()), PLAIN) == "nothing to edit\n"
