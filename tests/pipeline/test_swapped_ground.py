"""What a swap brings in is judged like the rest: by the rules, for RECORD, and by trials."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from builders.programs import held, tree
from builders.scenes import distribution_files
from builders.stacks import flattened, layout_of, unpacked_layers
from builders.wheels import wheel_file
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import ProofFailed
from deadweight.core.level import Level
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.proof import Verdict
from deadweight.core.report import Report
from deadweight.core.seams import Packing
from deadweight.formats.recognition import format_named
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.making.swapping import swapped
from deadweight.pipeline.opening import Sight, open_scene
from deadweight.pipeline.plan_file import plan_text
from deadweight.pipeline.slimming import slim
from deadweight.pipeline.target import Target
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.weighing import weigh

SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
SUITE = b"def test_one():\n    assert True\n"
HEAVY = {"one/__init__.py": b"def said():\n    return 1\n", "one/cuda.so": b"x" * 9000, "one/tests/test_old.py": SUITE}
LIGHT = {
    "one/__init__.py": b"def said():\n    return 1\n",
    "one/cpu.so": b"y" * 90,
    "one/tests/__init__.py": b"",
    "one/tests/test_one.py": SUITE,
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with the heavy one, and a folder of wheels with the lighter one that pip alone looks in."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    wheel_file(index, "light", files=LIGHT)
    return tree(tmp_path / "app", distribution_files(SITE, "heavy", files=HEAVY))


def swapping(app: Path, said: str = "1") -> Report:
    held()
    line = f"{sys.executable} -c 'import sys; sys.path.insert(0, \"{SITE}\"); import one; assert one.said() == {said}'"
    target = Target(app, Sight(options={"swap": "heavy=light"}))
    exercise = Exercise(probes=(f"command: {line}",), checks=(f"command: {line}",), watched=False)
    return slim(target, Output(app.with_name("out")), exercise=exercise)


def test_the_suite_that_the_lighter_one_brings_goes_too(app: Path) -> None:
    report = swapping(app)
    out = app.with_name("out") / SITE
    assert report.proof is not None
    assert report.proof.verdict is Verdict.SAME
    assert (out / "one/cpu.so").exists()
    assert not (out / "one/cuda.so").exists()
    assert not (out / "one/tests").exists()


def test_its_record_says_what_is_left_of_it(app: Path) -> None:
    swapping(app)
    record = (app.with_name("out") / SITE / "light-1.0.dist-info/RECORD").read_text()
    assert "one/cpu.so" in record
    assert "tests" not in record


def test_the_plan_names_the_swap_first_and_reads_as_one(app: Path) -> None:
    plan = swapping(app).plan
    assert isinstance(plan, Plan)
    assert plan.edits[0].kind == "swap"
    assert any(f"{SITE}/one/tests" in edit.paths for edit in plan.edits[1:])
    assert '"swap"' in plan_text(plan)


def test_a_lighter_one_that_does_otherwise_leaves_nothing_behind(app: Path) -> None:
    index = app.with_name("index")
    wheel_file(index, "light", "1.1", files={**LIGHT, "one/__init__.py": b"def said():\n    return 2\n"})
    (index / "light-1.0-py3-none-any.whl").unlink()
    wheel_file(index, "light", files={**LIGHT, "one/__init__.py": b"def said():\n    return 2\n"})
    with pytest.raises(ProofFailed):
        swapping(app)
    assert not app.with_name("out").exists()


def test_in_an_image_what_came_is_edited_and_what_went_is_gone(app: Path, tmp_path: Path) -> None:
    """What is added lies in no layer yet: later edits of it change what is added."""
    files = distribution_files(SITE, "heavy", files=HEAVY)
    image = layout_of(tmp_path / "image", [list(files.items()), [("srv/main.py", b"import one\n")]])
    scene = open_scene(image, Sight(options={"swap": "heavy=light"}))
    form, staging = format_named("oci-layout"), tmp_path / "staging"
    staging.mkdir()
    assert form.pack is not None
    with swapped(scene, Choice(level=Level.TIGHT), Output(tmp_path / "out"), Watch()) as ground:
        assert {f"{SITE}/one/cpu.so", f"{SITE}/light-1.0.dist-info/RECORD"} <= ground.scene.listing.by_path.keys()
        assert str(ground.scene.ownership.of(f"{SITE}/one/cpu.so")) == "light 1.0"
        edit = Edit("remove", (f"{SITE}/one/tests",), Safety.PROVEN, "a-rule", "tests")
        later, whole = ground.made(ground.followed((edit,), tripwire=False), staging)
        assert later.removed == {f"{SITE}/one/tests"}
        form.pack(scene.artifact, whole, tmp_path / "out", Packing())
    seen = {path: body for path, (_, body) in flattened(unpacked_layers(tmp_path / "out")).items()}
    assert seen[f"{SITE}/one/cpu.so"] == b"y" * 90
    assert not any("tests" in path or "heavy" in path or "cuda" in path for path in seen)
    assert "tests" not in str(seen[f"{SITE}/light-1.0.dist-info/RECORD"])


def test_without_a_swap_the_ground_is_the_original(app: Path, tmp_path: Path) -> None:
    scene = open_scene(app, Sight())
    with swapped(scene, Choice(), Output(tmp_path / "out"), Watch()) as ground:
        assert ground.scene is scene
        assert ground.swaps == ()


def test_a_plan_says_that_what_a_swap_brings_is_not_judged_in_it(app: Path) -> None:
    report = weigh(Target(app, Sight(options={"swap": "heavy=light"})), Choice(level=Level.TIGHT))
    assert report.plan is not None
    assert [edit.kind for edit in report.plan.edits].count("swap") == 1
    assert [gap.where for gap in report.gaps if gap.stage == "swap"] == ["heavy 1.0"]
    assert not [gap for gap in weigh(Target(app, Sight()), Choice(level=Level.TIGHT)).gaps if gap.stage == "swap"]
