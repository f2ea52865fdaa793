from __future__ import annotations

from pathlib import Path

import pytest

from builders.programs import PYTHON, QUICK, command, get, held, imports, python, service, standing, tree
from deadweight.core.errors import UsageError
from deadweight.core.probe import Probe
from deadweight.core.proof import NO_PROOF, Proof, Verdict
from deadweight.proof.prove import ProofSettings, prove
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.stand import Program, Stand


def proven(folder: Path, before: bytes | str, after: bytes | str, *probes: Probe) -> Proof:
    original = standing(folder / "original", before)
    copy = standing(folder / "copy", after)
    return prove(original, Stand(copy.root, original.place), python(), probes, ProofSettings(held(), QUICK))


def verdicts(proof: Proof) -> dict[str, str]:
    return {one.probe: one.verdict.value for one in proof.comparisons}


def test_a_copy_that_answers_alike_is_the_same(tmp_path: Path) -> None:
    proof = proven(tmp_path, service(), service(), get("/answer"), get("/text"))
    assert verdicts(proof) == {"GET /answer": "same", "GET /text": "same"}
    assert proof.verdict is Verdict.SAME
    assert proof.before
    assert proof.after
    assert proof.before.start_seconds > 0
    assert proof.after.isolation.startswith("bubblewrap")


def test_a_changed_number_is_named_where_it_stands(tmp_path: Path) -> None:
    after = service(answer='{"vector": [0.5, 0.26]}')
    proof = proven(tmp_path, service(), after, get("/text"), get("/answer"))
    assert proof.verdict is Verdict.DIFFERENT
    assert proof.first_difference
    assert proof.first_difference.difference == "$.vector[1]: 0.25 became 0.26"


def test_an_answer_with_the_time_in_it_is_unstable_and_proves_nothing(tmp_path: Path) -> None:
    timed = service(answer='{"at": time.time()}')
    proof = proven(tmp_path, timed, timed, get("/answer"))
    assert proof.verdict is Verdict.UNSTABLE
    assert proof.comparisons[0].difference.startswith("the original differs from itself: $.at: ")
    both = proven(tmp_path / "two", timed, timed, get("/answer"), get("/text"))
    assert both.verdict is Verdict.SAME


def test_a_copy_that_does_not_start_is_different_with_its_last_words(tmp_path: Path) -> None:
    proof = proven(tmp_path, service(), "import no_such_module", get("/answer"))
    assert proof.verdict is Verdict.DIFFERENT
    assert proof.first_difference
    assert proof.first_difference.probe == "program"
    assert "No module named 'no_such_module'" in proof.first_difference.difference


def test_an_original_that_does_not_start_proves_nothing(tmp_path: Path) -> None:
    proof = proven(tmp_path, "raise SystemExit(3)", service(), get("/answer"))
    assert proof.verdict is Verdict.NOT_RUN
    assert "the original does not run: the program exited with status 3" in proof.why_not_run


def test_an_original_that_misses_the_expected_status_proves_nothing(tmp_path: Path) -> None:
    proof = proven(tmp_path, service(), service(), get("/absent", expect=200))
    assert proof.verdict is Verdict.NOT_RUN
    assert proof.comparisons[0].difference == "the original answers 404, 200 was expected"


def test_a_removed_module_of_a_virtual_environment_is_found_by_the_sweep(tmp_path: Path) -> None:
    before = tree(tmp_path / "before", {"kept.py": "", "gone.py": "", "broken.py": "import nothing_there"})
    after = tree(tmp_path / "after", {"kept.py": "", "broken.py": "import something_else"})
    program = Program((PYTHON, "kept.py"))
    probes = [imports("kept", "broken", "gone"), command("ls kept.py")]
    settings = ProofSettings(held(), QUICK)
    proof = prove(Stand(before, str(before)), Stand(after, str(before)), program, probes, settings)
    assert verdicts(proof) == {"run": "same", "imports": "different", "ls kept.py": "same"}
    assert proof.first_difference
    assert proof.first_difference.difference == "import gone: ModuleNotFoundError: No module named 'gone'"


def test_a_batch_is_compared_by_what_it_prints(tmp_path: Path) -> None:
    proof = proven(tmp_path, "print('a\\nb')", "print('a\\nc')")
    assert proof.first_difference
    assert proof.first_difference.difference == "line 2: 'b' became 'c'"


def test_a_copy_that_no_longer_stops_when_told_is_different(tmp_path: Path) -> None:
    deaf = service(preamble="import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    proof = proven(tmp_path, service(), deaf, get("/answer"))
    assert verdicts(proof) == {"program": "different", "GET /answer": "same"}


def test_the_original_is_run_twice_and_the_copy_once(tmp_path: Path) -> None:
    stand = standing(tmp_path / "original", "")
    runs = ProofSettings(isolation(sandbox=False), QUICK)
    line = f"echo x >> {tmp_path}/runs"
    prove(stand, Stand(stand.root, stand.place), None, [command(line)], runs)
    assert (tmp_path / "runs").read_text() == "x\nx\nx\n"


def test_nothing_to_run_is_said_to_prove_nothing(tmp_path: Path) -> None:
    stand = standing(tmp_path, "")
    assert prove(stand, stand, None, [], ProofSettings(isolation(sandbox=False))) is NO_PROOF


def test_a_request_without_a_program_is_a_usage_error(tmp_path: Path) -> None:
    stand = standing(tmp_path, "")
    with pytest.raises(UsageError, match="needs a program that answers"):
        prove(stand, stand, None, [get("/answer")], ProofSettings(isolation(sandbox=False)))


def test_two_probes_of_one_name_are_a_usage_error(tmp_path: Path) -> None:
    stand = standing(tmp_path, "")
    with pytest.raises(UsageError, match="two probes are called 'true'"):
        prove(stand, stand, None, [command("true"), command("true")], ProofSettings(isolation(sandbox=False)))
