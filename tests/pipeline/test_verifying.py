"""Two artifacts are held against each other by what the program of the first one needs."""

from __future__ import annotations

import shutil
import venv
from pathlib import Path

from builders.programs import held, tree
from builders.scenes import distribution_files
from builders.stacks import layout_of
from deadweight.core.proof import Verdict
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.verifying import verify

SHOP = {"shop/__init__.py": b"", "shop/idle.py": b"import shop.gone\n", "shop/gone.py": b""}


def test_a_module_that_nothing_reaches_may_need_what_is_gone(tmp_path: Path) -> None:
    held()
    before, after = tmp_path / "before", tmp_path / "after"
    venv.create(before, symlinks=True)
    (site,) = (path for path in before.rglob("site-packages") if path.is_dir())
    inner = str(site.relative_to(before))
    tree(before, {"app.py": b"import shop\nprint(shop)\n", **distribution_files(inner, "shop", files=SHOP)})
    shutil.copytree(before, after, symlinks=True)
    (after / inner / "shop/gone.py").unlink()
    report = verify(before, after, Exercise(run="bin/python app.py", probes=("imports",)))
    assert report.proof is not None
    assert {one.verdict for one in report.proof.comparisons} == {Verdict.SAME}
    assert report.proof.unproven[0].startswith("1 module of shop can't be imported any more")


def test_two_images_are_unpacked_side_by_side(tmp_path: Path) -> None:
    held()
    images = [layout_of(tmp_path / name, [[("a", b"")]]) for name in ("one", "two")]
    report = verify(images[0], images[1], Exercise(probes=("command: /bin/true",)))
    assert report.proof is not None
    assert [one.probe for one in report.proof.comparisons] == ["command: /bin/true"]
