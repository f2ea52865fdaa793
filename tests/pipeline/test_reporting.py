"""Whole runs, from a path to a report: what is cut is measured, proven, undone where it breaks, and never half made."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import venv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from builders.installed import environment, untrue
from builders.programs import PYTHON, held, tree
from builders.scenes import distribution_files
from builders.stacks import layout_of
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.proof import Verdict
from deadweight.core.report import Report
from deadweight.core.seams import Packing
from deadweight.pipeline import restoring, slimming, verifying, weighing
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.target import open_scene

RUN = f"command: {PYTHON} -I -S main.py"


STAGES = ["open and attribute", "trace", "find", "plan", "apply, prove and pack", "count what is pulled"]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A program that reads a module and a data file, beside two files that nothing reads."""
    root = tmp_path / "app"
    root.mkdir()
    (root / "main.py").write_text(
        "import pathlib, sys\n"
        "here = pathlib.Path(__file__).parent\n"
        "sys.path.insert(0, str(here))\n"
        "import lazy\n"
        "print(lazy.answer, (here / 'data.txt').read_text())\n"
    )
    (root / "lazy.py").write_text("answer = 42\n")
    (root / "data.txt").write_text("data")
    (root / "notes.txt").write_text("nobody reads this\n" * 50)
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"x" * 6000)
    return root


def removal(*paths: str) -> tuple[Edit, ...]:
    return tuple(Edit("remove", (path,), Safety.PROVEN, f"rule-{path}", "looks unused") for path in paths)


def called_safe(plan: Plan) -> Plan:
    """The plan of a rule that is wrong: it calls its edits safe, so they are made without a proof."""
    return replace(plan, edits=tuple(replace(edit, safety=Safety.SAFE) for edit in plan.edits))


def plan_of(target: Path, *paths: str) -> Plan:
    """A plan that removes these paths, whatever the rules say."""
    scene = open_scene(target)
    return Plan(scene.artifact.digest, scene.artifact.format, removal(*paths))


def made_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def balance(report: Report) -> int:
    """What the cuts do not explain of the difference in unpacked bytes."""
    assert report.after is not None
    return report.before.unpacked - report.after.unpacked - sum(cut.size for cut in report.cuts)


def test_a_removal_that_breaks_the_program_is_undone_and_the_rest_is_made(app: Path, tmp_path: Path) -> None:
    held()
    before = {path.name: path.read_bytes() for path in app.iterdir()}
    plan = plan_of(app, "notes.txt", "lazy.py", ".DS_Store")
    report = slimming.slim(app, tmp_path / "out", plan, Exercise(probes=(RUN,)))
    assert report.proof is not None
    assert report.proof.verdict is Verdict.SAME
    assert [one.edit.rule for one in report.proof.undone] == ["rule-lazy.py"]
    said = "exit status 0 became 1: \"ModuleNotFoundError: No module named 'lazy'\""
    assert report.proof.undone[0].difference == said
    assert made_in(tmp_path / "out") == ["data.txt", "lazy.py", "main.py"]
    assert {cut.cause for cut in report.cuts} == {"rule-notes.txt", "rule-.DS_Store"}
    assert {path.name: path.read_bytes() for path in app.iterdir()} == before


def test_what_was_undone_is_not_in_the_companion(app: Path, tmp_path: Path) -> None:
    held()
    report = slimming.slim(app, tmp_path / "out", plan_of(app, "notes.txt", "lazy.py"), Exercise(probes=(RUN,)))
    assert report.companion == str(tmp_path / "out.removed.tar.zst")
    assert restoring.restore(tmp_path / "out", "**").paths == ("notes.txt",)
    with pytest.raises(UsageError):
        restoring.restore(tmp_path / "out", "lazy.py")


def test_two_removals_that_break_it_one_behind_the_other_are_both_undone(app: Path, tmp_path: Path) -> None:
    held()
    plan = plan_of(app, "data.txt", "lazy.py", "notes.txt")
    report = slimming.slim(app, tmp_path / "out", plan, Exercise(probes=(RUN,)))
    assert report.proof is not None
    assert {one.edit.rule for one in report.proof.undone} == {"rule-data.txt", "rule-lazy.py"}
    assert made_in(tmp_path / "out") == [".DS_Store", "data.txt", "lazy.py", "main.py"]


@pytest.mark.parametrize(
    "probe",
    [
        f"command: {PYTHON} -c 'import os; print(os.urandom(8).hex())'",
        "command: date +%N",
    ],
)
def test_a_probe_that_differs_from_itself_proves_nothing_and_nothing_is_written(
    probe: str, app: Path, tmp_path: Path
) -> None:
    held()
    with pytest.raises(ProofFailed, match="nothing could be proven"):
        slimming.slim(app, tmp_path / "out", plan_of(app, "notes.txt"), Exercise(probes=(probe,)))
    assert made_in(tmp_path) == ["app"]


def test_an_unstable_probe_beside_a_stable_one_is_reported_as_unstable(app: Path, tmp_path: Path) -> None:
    held()
    exercise = Exercise(probes=("command: date +%N", RUN))
    report = slimming.slim(app, tmp_path / "out", plan_of(app, "notes.txt"), exercise)
    assert report.proof is not None
    assert [one.verdict for one in report.proof.comparisons] == [Verdict.UNSTABLE, Verdict.SAME]


def test_a_program_that_does_not_start_on_the_original_leaves_nothing(app: Path, tmp_path: Path) -> None:
    held()
    with pytest.raises(ProofFailed):
        slimming.slim(app, tmp_path / "out", exercise=Exercise(run="/no/such/program", probes=("GET /",)))
    assert made_in(tmp_path) == ["app"]


def test_verify_tells_the_difference_and_changes_neither(app: Path, tmp_path: Path) -> None:
    held()
    slimming.slim(app, tmp_path / "out", called_safe(plan_of(app, "data.txt")))
    report = verifying.verify(app, tmp_path / "out", Exercise(probes=(RUN, "command: cat lazy.py")))
    assert report.proof is not None
    assert [one.verdict for one in report.proof.comparisons] == [Verdict.DIFFERENT, Verdict.SAME]
    assert made_in(tmp_path) == ["app", "out", "out.removed.tar.zst"]


def test_a_plan_of_another_artifact_is_refused_before_anything_is_written(app: Path, tmp_path: Path) -> None:
    plan = plan_of(app, "notes.txt")
    (app / "lazy.py").write_text("answer = 43\n")
    with pytest.raises(UsageError, match="the plan was made for"):
        slimming.slim(app, tmp_path / "out", plan)
    assert made_in(tmp_path) == ["app"]


def test_a_plan_that_edits_what_is_not_there_writes_nothing(app: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.txt"):
        slimming.slim(app, tmp_path / "out", called_safe(plan_of(app, "nothing.txt")))
    assert made_in(tmp_path) == ["app"]


def test_without_an_exercise_what_needs_a_proof_is_left_out_with_the_reason(tmp_path: Path) -> None:
    root = tree(tmp_path / "app", distribution_files("lib/python3.11/site-packages", "pytest"))
    weighed = weighing.weigh(root)
    report = slimming.slim(root, tmp_path / "out")
    assert weighed.plan is not None
    assert report.plan is not None
    proven = [edit for edit in weighed.plan.edits if edit.safety is Safety.PROVEN]
    assert proven
    left = {one.why for one in report.plan.left_out}
    assert left == {"nothing to prove it with: give --run and --probe"}
    assert (tmp_path / "out" / "lib/python3.11/site-packages/pytest/__init__.py").exists()


def test_an_output_that_is_there_is_refused_before_the_input_is_read(app: Path, tmp_path: Path) -> None:
    (tmp_path / "out.removed.tar.zst").write_bytes(b"mine")
    with pytest.raises(UsageError, match="already there"):
        slimming.slim(tmp_path / "not-even-there", tmp_path / "out")
    assert (tmp_path / "out.removed.tar.zst").read_bytes() == b"mine"


def test_cuts_and_rest_are_the_difference(app: Path, tmp_path: Path) -> None:
    report = slimming.slim(app, tmp_path / "out")
    assert report.after is not None
    assert balance(report) == 0
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert report.after.unpacked == sum(path.stat().st_size for path in files)
    assert [stage.name for stage in report.stages] == STAGES


def test_a_second_slimming_finds_nothing_more(app: Path, tmp_path: Path) -> None:
    slimming.slim(app, tmp_path / "out")
    again = slimming.slim(tmp_path / "out", tmp_path / "again")
    assert again.plan is not None
    assert again.plan.edits == ()
    assert again.cuts == ()
    assert again.companion == ""


def zip_artifact(folder: Path, app: Path) -> Path:
    with zipfile.ZipFile(folder / "app.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(app.iterdir()):
            archive.write(path, path.name)
    return folder / "app.zip"


def tar_artifact(folder: Path, app: Path) -> Path:
    with tarfile.open(folder / "app.tar.gz", "w:gz") as archive:
        archive.add(app, ".")
    return folder / "app.tar.gz"


def layout_artifact(folder: Path, app: Path) -> Path:
    (folder / "image").mkdir()
    members = [(f"app/{path.name}", path.read_bytes()) for path in sorted(app.iterdir())]
    return layout_of(folder / "image", [[("app", None), *members], [("app/other", b"x")]])


def fingerprint(made: Path) -> str:
    """Of a file its bytes, of a directory its names and bytes."""
    digest = hashlib.sha256()
    for path in sorted([made, *made.rglob("*")]):
        digest.update(path.relative_to(made).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


@pytest.mark.parametrize("artifact", [zip_artifact, tar_artifact, layout_artifact])
def test_the_same_input_gives_the_same_bytes(
    artifact: object, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target: Path = artifact(tmp_path, app)  # type: ignore[operator]  # one of the three above
    before = fingerprint(target)
    for name, zone in (("one", "UTC"), ("two", "Asia/Tokyo")):
        monkeypatch.setenv("TZ", zone)
        os.umask(0o022 if name == "one" else 0o077)
        (tmp_path / name).mkdir()
        report = slimming.slim(target, tmp_path / name / "slim")
        assert balance(report) == 0
        assert [cut.cause for cut in report.cuts] == ["os-litter"]
    os.umask(0o022)
    assert fingerprint(tmp_path / "one" / "slim") == fingerprint(tmp_path / "two" / "slim")
    companions = [(tmp_path / name / "slim.removed.tar.zst").read_bytes() for name in ("one", "two")]
    assert companions[0] == companions[1]
    assert fingerprint(target) == before


def test_a_zip_that_was_slimmed_is_read_by_zipfile(app: Path, tmp_path: Path) -> None:
    slimming.slim(zip_artifact(tmp_path, app), tmp_path / "slim.zip")
    with zipfile.ZipFile(tmp_path / "slim.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["data.txt", "lazy.py", "main.py", "notes.txt"]
        assert archive.read("lazy.py") == b"answer = 42\n"


def test_another_format_and_codec_are_written_where_they_are_asked_for(app: Path, tmp_path: Path) -> None:
    output = Output(tmp_path / "app.tar.gz", "tar", Packing(codec="gzip"), companion=False)
    report = slimming.slim(app, output, Choice(select=frozenset({"os-litter"})))
    assert report.after is not None
    assert report.after.format == "tar"
    assert gzip.decompress((tmp_path / "app.tar.gz").read_bytes())[257:262] == b"ustar"
    assert made_in(tmp_path) == ["app", "app.tar.gz"]
    with tarfile.open(tmp_path / "app.tar.gz") as archive:
        assert "notes.txt" in {member.name.removeprefix("./") for member in archive}


def test_a_real_environment_is_slimmed_proven_and_its_records_stay_true(tmp_path: Path) -> None:
    held()
    venv.create(tmp_path / "app", symlinks=True)
    (site,) = tmp_path.glob("app/lib/python3.*/site-packages")
    shutil.copytree(environment(tmp_path / "staged", "click", "packaging", "pluggy"), site, dirs_exist_ok=True)
    report = slimming.slim(tmp_path / "app", tmp_path / "slim", exercise=Exercise(probes=("imports",)))
    assert report.proof is not None
    assert report.proof.verdict is Verdict.SAME
    assert {one.probe for one in report.proof.comparisons} >= {"imports: click", "imports: packaging"}
    assert report.after is not None
    assert report.after.unpacked < report.before.unpacked
    assert balance(report) == 0
    assert untrue(tmp_path / "slim" / site.relative_to(tmp_path / "app")) == []
    restoring.restore(tmp_path / "slim", "**")
    assert fingerprint(tmp_path / "slim") == fingerprint(tmp_path / "app")


def test_a_plan_whose_edits_need_a_proof_is_not_made_without_one(tmp_path: Path) -> None:
    app, out = tmp_path / "app", tmp_path / "out"
    tree(app, {"main.py": "x = 1\n", "main.py.bak": "x = 1\n"})
    planned = weighing.plan(app)
    assert [edit.safety for edit in planned.edits] == [Safety.PROVEN]
    with pytest.raises(UsageError, match="the first proven"):
        slimming.slim(app, out, planned)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app"]


def test_a_plan_with_a_suggested_edit_is_never_made(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"main.py": "x = 1\n"})
    edit = Edit("remove", ("main.py",), Safety.SUGGESTED, "rule", "because")
    planned = replace(weighing.plan(app), edits=(edit,))
    with pytest.raises(UsageError, match="the first suggested"):
        slimming.slim(app, tmp_path / "out", planned)


def test_of_many_edits_the_one_to_blame_is_undone_and_the_input_shares_nothing_with_a_trial(
    app: Path, tmp_path: Path
) -> None:
    held()
    for number in range(60):
        (app / f"unused-{number}.txt").write_text("x" * number)
    plan = plan_of(app, "lazy.py", *(f"unused-{number}.txt" for number in range(60)))
    report = slimming.slim(app, tmp_path / "out", plan, Exercise(probes=(RUN,)))
    assert report.proof is not None
    assert [one.edit.paths[0] for one in report.proof.undone] == ["lazy.py"]
    assert len(made_in(tmp_path / "out")) == 5
    assert (app / "lazy.py").stat().st_nlink == 1
