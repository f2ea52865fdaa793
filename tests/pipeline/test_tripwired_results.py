"""Tripwires go through plan, packing and undoing like every other edit, whatever the format is."""

from __future__ import annotations

import io
import tarfile
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.installed import tree_scene
from builders.programs import held, tree
from builders.scenes import distribution_files
from builders.stacks import layout_of
from deadweight.core.edit import Edit, Safety
from deadweight.core.plan import Plan
from deadweight.core.proof import Verdict
from deadweight.edits.record import follow_ups
from deadweight.edits.tripwire import tripwires
from deadweight.pipeline import slimming
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.plan_file import read_plan, write_plan
from deadweight.pipeline.target import open_scene

SITE = "usr/lib/python3.12/site-packages"
FILES = distribution_files(SITE, "shop", files={"shop/__init__.py": b"", "shop/cart.py": b"", "shop/till.py": b""})
INFO = f"{SITE}/deadweight_tripwire-"


def as_tree(folder: Path) -> Path:
    return tree(folder / "app", FILES)


def as_tar(folder: Path) -> Path:
    with tarfile.open(folder / "app.tar", "w") as archive:
        for name, body in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return folder / "app.tar"


def as_image(folder: Path) -> Path:
    return layout_of(folder / "image", [list(FILES.items()), [("app/main.py", b"x")]])


def plan_of(target: Path, *names: str, site: str = SITE, safety: Safety = Safety.SAFE) -> Plan:
    """A plan that removes the modules of the shop, with all that follows."""
    scene = open_scene(target)
    edits = [Edit("remove", (f"{site}/shop/{name}",), safety, "a-rule", "unused", f"shop-{name}") for name in names]
    every = (*edits, *follow_ups(scene, edits), *tripwires(scene, edits))
    return Plan(scene.artifact.digest, scene.artifact.format, every)


@pytest.mark.parametrize("artifact", [as_tree, as_tar, as_image])
def test_every_format_holds_the_tripwire_of_a_plan_that_went_through_a_file(
    artifact: Callable[[Path], Path], tmp_path: Path
) -> None:
    target, out = artifact(tmp_path), tmp_path / "out"
    write_plan(plan_of(target, "cart.py"), tmp_path / "plan.json")
    report = slimming.slim(target, Output(out), read_plan(tmp_path / "plan.json"))
    paths = [path for path in open_scene(out).listing.by_path if "tripwire" in path]
    names = {path.rpartition("/")[2] for path in paths}
    assert {"_deadweight_tripwire.py", "_deadweight_tripwire.pth", "METADATA", "RECORD", "removed.z"} <= names
    assert report.after is not None
    assert {share.owner.partition(" ")[0] for share in report.after.owners} >= {"deadweight-tripwire"}


def test_what_is_undone_has_no_tripwire_any_more(tmp_path: Path) -> None:
    held()
    venv.create(tmp_path / "env", symlinks=True)
    (site,) = (path for path in (tmp_path / "env").rglob("site-packages") if path.is_dir())
    relative = str(site.relative_to(tmp_path / "env"))
    files = distribution_files(relative, "shop", files={"shop/__init__.py": b"", "shop/a.py": b"", "shop/b.py": b""})
    tree(tmp_path / "env", files)
    plan = plan_of(tmp_path / "env", "a.py", "b.py", site=relative, safety=Safety.PROVEN)
    exercise = Exercise(probes=("command: bin/python -c 'import shop.a; print(shop.a.__name__)'",), checks=("imports",))
    report = slimming.slim(tmp_path / "env", tmp_path / "out", plan, exercise)
    assert report.proof is not None
    assert report.proof.verdict is Verdict.SAME
    assert [one.edit.paths[0] for one in report.proof.undone] == [f"{relative}/shop/a.py"]
    manifest = next((tmp_path / "out").rglob("removed.z"))
    assert tree_scene(tmp_path / "out").listing.by_path[str(manifest.relative_to(tmp_path / "out"))].size < 60
