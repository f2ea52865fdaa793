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


def test_a_version_that_is_none_is_older_than_any_other() -> None:
    old = distribution_files(SITE, "pkg", "unknown-build", files={"pkg/gone.py": b"1"})
    new = distribution_files(SITE, "pkg", "0.0.1", files={"pkg/__init__.py": b""})
    found = only(RULE, site_scene(old, new))
    assert f"{SITE}/pkg/gone.py" in found.paths
    assert found.evidence[1].where == f"{SITE}/pkg-0.0.1.dist-info"


def test_of_three_versions_all_but_the_newest_are_found() -> None:
    parts = [
        distribution_files(SITE, "pkg", version, files={"pkg/__init__.py": b"", f"pkg/v{version}.py": b"1"})
        for version in ("2.0", "10.0", "9.0rc1")
    ]
    found = list(RULE.find(site_scene(*parts)))
    assert [one.owner for one in found] == ["pkg 2.0", "pkg 9.0rc1"]
    assert all(one.safety is Safety.SUGGESTED for one in found)


def test_a_file_that_the_newer_one_records_too_is_never_named() -> None:
    shared = {"pkg/__init__.py": b"", "pkg/core.py": b"1"}
    old, new = (distribution_files(SITE, "pkg", version, files=shared) for version in ("1.0", "2.0"))
    assert not {f"{SITE}/{path}" for path in shared} & found_paths(RULE, site_scene(old, new))
