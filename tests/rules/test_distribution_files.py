from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.rules.distribution_files import module_files, whole


def test_a_directory_that_would_be_left_empty_is_named_instead_of_its_files() -> None:
    scene = site_scene(
        distribution_files(SITE, "a", files={"a/x.py": b"", "a/b/y.py": b""}), distribution_files(SITE, "c")
    )
    assert whole(scene, [f"{SITE}/a/x.py", f"{SITE}/a/b/y.py"]) == (f"{SITE}/a",)
    assert whole(scene, [f"{SITE}/a/b/y.py"]) == (f"{SITE}/a/b",)


def test_a_site_directory_is_never_named() -> None:
    scene = site_scene(distribution_files(SITE, "a"))
    (one,) = scene.ask(DISTRIBUTIONS)
    assert whole(scene, one.files) == (f"{SITE}/a", f"{SITE}/a-1.0.dist-info")


def test_a_namespace_that_others_live_in_is_named_by_its_parts() -> None:
    one = distribution_files(SITE, "ns-one", files={"ns/one/__init__.py": b""})
    two = distribution_files(SITE, "ns-two", files={"ns/two/__init__.py": b""})
    assert whole(site_scene(one, two), [f"{SITE}/ns/one/__init__.py"]) == (f"{SITE}/ns/one",)


def test_bytecode_goes_with_its_source_and_with_no_other() -> None:
    bytecode = {f"{SITE}/a/__pycache__/{name}.cpython-312.pyc": b"" for name in ("x", "y")}
    scene = site_scene(distribution_files(SITE, "a", files={"a/x.py": b"", "a/y.py": b""}), bytecode)
    assert whole(scene, [f"{SITE}/a/x.py"]) == (f"{SITE}/a/__pycache__/x.cpython-312.pyc", f"{SITE}/a/x.py")


def test_metadata_is_no_module_file() -> None:
    scene = site_scene(distribution_files(SITE, "a", files={"a/x.py": b"", "../../../bin/a": b""}))
    (one,) = scene.ask(DISTRIBUTIONS)
    assert list(module_files(one)) == [f"{SITE}/a/x.py"]
