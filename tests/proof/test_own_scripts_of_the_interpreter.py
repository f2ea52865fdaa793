"""What the artifact's own Python says of its distributions and plug-ins, on trees of real distributions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.installed import environment, tree_scene
from builders.programs import PYTHON, QUICK, held
from deadweight.core.closure import Closure
from deadweight.core.probe import Observation, Probe, RunRecord
from deadweight.core.proof import Verdict
from deadweight.needs.closure import CLOSURE
from deadweight.proof.own_checks.ground import Checks, Ground, ground
from deadweight.proof.own_checks.metadata import metadata_checks
from deadweight.proof.own_checks.plug_ins import plug_in_checks
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, Stand


def installed(folder: Path, *names: str) -> Path:
    """A tree with the distributions and a Python to run."""
    site = environment(folder, *names)
    (folder / "bin").mkdir(exist_ok=True)
    python = folder / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec env PYTHONPATH="{site}" {PYTHON} -S "$@"\n')
    python.chmod(0o755)
    return site


def grounds(original: Path, kept: Path) -> Ground:
    scene = tree_scene(original)
    scene.learn(CLOSURE, Closure(known=False))
    return ground(scene, tree_scene(kept), Stand(original, str(original)), held=True)


def record(root: Path, place: Path, *probes: Probe) -> RunRecord:
    return launch(Stand(root, str(place)), Program(()), probes, RunSettings(held(), QUICK))


def outcomes(seen: Observation) -> dict[str, str]:
    return dict(line.split("\t") for line in seen.output.splitlines())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    installed(tmp_path / "app", "click", "packaging", "pluggy")
    shutil.copytree(tmp_path / "app", tmp_path / "copy", symlinks=True)
    return tmp_path / "app"


def verdict(place: Path, change: Callable[[Path], object], checks: Callable[[Ground], Checks]) -> tuple[str, str]:
    """What becomes of the one check when the copy is changed so."""
    copy = place.with_name("copy")
    change(copy / "lib/python3/site-packages")
    (probe,) = checks(grounds(place, copy)).probes
    before = record(place, place, probe)
    proof = compare_runs(before, before, record(copy, place, probe), [probe])
    return proof.comparisons[0].verdict, proof.comparisons[0].difference


def test_metadata_that_is_whole_is_the_same(place: Path) -> None:
    (probe,) = metadata_checks(grounds(place, place)).probes
    told = outcomes(record(place, place, probe).observations[0])
    assert set(told.values()) == {"ok"}
    assert "pluggy: RECORD is true" in told
    assert any(line.startswith("click ") and line.endswith(" is installed") for line in told)


def test_a_file_that_a_record_names_and_that_is_gone_is_different(place: Path) -> None:
    found = verdict(place, lambda site: (site / "click/core.py").unlink(), metadata_checks)
    assert found == (Verdict.DIFFERENT, "click: RECORD is true: click/core.py is not there")


def test_a_file_that_is_another_than_its_record_says_is_different(place: Path) -> None:
    found = verdict(place, lambda site: (site / "click/core.py").write_text(""), metadata_checks)
    assert found == (Verdict.DIFFERENT, "click: RECORD is true: click/core.py is another than it says")


def test_a_distribution_that_is_gone_is_asked_of_neither(place: Path) -> None:
    copy = place.with_name("copy")
    for path in (copy / "lib/python3/site-packages").glob("click*"):
        shutil.rmtree(path)
    (probe,) = metadata_checks(grounds(place, copy)).probes
    assert "click" not in " ".join(outcomes(record(place, place, probe).observations[0]))


def test_a_requirement_that_was_met_and_is_not_any_more_is_different(tmp_path: Path) -> None:
    place = tmp_path / "app"
    installed(place, "hypothesis", "sortedcontainers")
    shutil.copytree(place, tmp_path / "copy", symlinks=True)

    def cut(site: Path) -> None:
        for path in site.glob("sortedcontainers*"):
            shutil.rmtree(path)

    said = verdict(place, cut, metadata_checks)
    assert said[0] is Verdict.DIFFERENT
    assert said[1].startswith("hypothesis requires")
    assert said[1].endswith("it is not installed")


def test_an_entry_point_whose_module_is_gone_is_different(tmp_path: Path) -> None:
    place = tmp_path / "app"
    site = installed(place, "pluggy")
    (site / "plugged.py").write_text("import pluggy\ndef made(): pass\n")
    info = site / "plugged-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (info / "RECORD").write_text("plugged.py,,\nplugged-1.dist-info/METADATA,,\nplugged-1.dist-info/RECORD,,\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nrun = plugged:made\n[some.group]\none = plugged:made\n")
    shutil.copytree(place, tmp_path / "copy", symlinks=True)
    said = verdict(place, lambda there: (there / "pluggy/_hooks.py").unlink(), plug_in_checks)
    assert said == (
        Verdict.DIFFERENT,
        "some.group: one = plugged:made: ModuleNotFoundError: No module named 'pluggy._hooks'",
    )
