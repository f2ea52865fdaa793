from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.duplicate_distributions import RULE


def test_finds_the_older_of_two_versions_by_what_only_it_names() -> None:
    old = distribution_files(SITE, "pkg", "1.9", files={"pkg/__init__.py": b"", "pkg/gone.py": b"12345"})
    new = distribution_files(SITE, "pkg", "1.10", files={"pkg/__init__.py": b""})
    found = only(RULE, site_scene(old, new))
    assert set(found.paths) == {f"{SITE}/pkg-1.9.dist-info", f"{SITE}/pkg/gone.py"}
    assert (found.owner, found.safety) == ("pkg 1.9", Safety.SUGGESTED)


def test_finds_what_an_interrupted_pip_left() -> None:
    left = {f"{SITE}/~umpy/core.py": b"123", f"{SITE}/~umpy-2.0.dist-info/METADATA": b""}
    found = only(RULE, site_scene(distribution_files(SITE, "numpy"), left))
    assert set(found.paths) == {f"{SITE}/~umpy", f"{SITE}/~umpy-2.0.dist-info"}
    assert found.safety is Safety.SAFE


def test_leaves_one_version_in_each_of_two_places() -> None:
    scene = site_scene(distribution_files(SITE, "pkg"), distribution_files(f"venv/{SITE}", "pkg", "2.0"))
    assert not found_paths(RULE, scene)


def test_leaves_directories_with_a_tilde_elsewhere() -> None:
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files={"pkg/~x/a.txt": b""})))
