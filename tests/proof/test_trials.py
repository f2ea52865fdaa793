"""Bisection over real trials: trees packed by removing files, run and compared."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.programs import QUICK, command, get, held, imports, python, service, tree
from deadweight.core.edit import Edit, Safety
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.proof import Comparison
from deadweight.proof.bisect import find_culprits
from deadweight.proof.prove import ProofSettings, observe
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.stand import Program, Stand

USES_BOTH = "import pathlib, sys; here = pathlib.Path(__file__).parent; sys.path.insert(0, str(here))\nimport lazy"


def removal(path: str, safety: Safety = Safety.PROVEN) -> Edit:
    return Edit("remove", (path,), safety, "a-rule", "looks unused")


@dataclass
class Workshop:
    """An original that was run twice, and copies of it made and run one at a time."""

    original: Stand
    program: Program | None
    probes: Sequence[Probe]
    settings: ProofSettings
    made: int = 0

    def __post_init__(self) -> None:
        self.runs = [observe(self.original, self.program, self.probes, self.settings) for _ in range(2)]

    def __call__(self, edits: Sequence[Edit]) -> Comparison | None:
        self.made += 1
        copy = self.original.root.parent / f"copy{self.made}"
        shutil.copytree(self.original.root, copy)
        for edit in edits:
            for path in edit.paths:
                (copy / path).unlink()
        after = observe(Stand(copy, self.original.place), self.program, self.probes, self.settings)
        return compare_runs(self.runs[0], self.runs[1], after, self.probes).first_difference

    @property
    def before(self) -> RunRecord:
        return self.runs[0]


def workshop(folder: Path, files: dict[str, bytes | str], program: Program | None, *probes: Probe) -> Workshop:
    root = tree(folder / "original", files)
    return Workshop(Stand(root, str(root)), program, probes, ProofSettings(held(), QUICK))


def test_the_module_that_a_service_imports_is_put_back_and_the_rest_stays_out(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {f"unused{number}.txt": "x" for number in range(6)}
    files |= {"app.py": service(preamble=USES_BOTH), "lazy.py": "value = 1"}
    shop = workshop(tmp_path, files, python(), get("/answer"))
    edits = [removal(path) for path in files if path != "app.py"]
    kept, undone = find_culprits(edits, shop)
    assert [one.edit.paths[0] for one in undone] == ["lazy.py"]
    assert undone[0].probe == "program"
    assert "No module named 'lazy'" in undone[0].difference
    assert len(kept) == 6
    assert shop(kept) is None


def test_two_culprits_seen_by_two_kinds_of_probe_are_both_put_back(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {"a.py": "", "b.txt": "", "c.txt": "hello", "app.py": ""}
    shop = workshop(tmp_path, files, python(), command("cat c.txt"), imports("a"))
    kept, undone = find_culprits([removal("a.py"), removal("b.txt"), removal("c.txt")], shop)
    assert {one.edit.paths[0]: one.probe for one in undone} == {"a.py": "imports", "c.txt": "cat c.txt"}
    assert [edit.paths for edit in kept] == [("b.txt",)]


def test_of_two_spare_copies_one_may_go(tmp_path: Path) -> None:
    """Either file will do for the program: together they are too much to take away."""
    line = command("cat one.txt 2>/dev/null || cat two.txt")
    shop = workshop(tmp_path, {"one.txt": "same", "two.txt": "same"}, None, line)
    kept, undone = find_culprits([removal("one.txt", Safety.LOSSY), removal("two.txt", Safety.SAFE)], shop)
    assert [edit.paths for edit in kept] == [("two.txt",)]
    assert undone[0].difference.startswith("exit status 0 became 1")


def test_runs_of_the_original_serve_for_every_trial(tmp_path: Path) -> None:
    shop = workshop(tmp_path, {"kept.txt": "x", "gone.txt": "y"}, None, command("cat kept.txt"))
    first = shop.before
    assert shop([removal("gone.txt")]) is None
    assert shop([removal("kept.txt")]) is not None
    assert shop.before is first
