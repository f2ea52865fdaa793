from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.type_stubs import RULE

PACKAGE = {"pkg/__init__.py": b"", "pkg/__init__.pyi": b"x: int\n", "pkg/py.typed": b""}


def test_finds_stubs_and_keeps_the_typed_mark() -> None:
    found = only(RULE, site_scene(distribution_files(SITE, "pkg", files=PACKAGE)))
    assert found.paths == (f"{SITE}/pkg/__init__.pyi",)
    assert (found.size, found.safety) == (7, Safety.SAFE)


def test_finds_the_stubs_of_a_distribution_of_stubs_and_keeps_its_metadata() -> None:
    scene = site_scene(distribution_files(SITE, "types-pkg", files={"pkg-stubs/__init__.pyi": b"x: int\n"}))
    assert found_paths(RULE, scene) == {f"{SITE}/pkg-stubs/__init__.pyi"}


def test_leaves_stubs_that_lazy_loader_reads_at_run_time() -> None:
    """skimage/__init__.py says: __getattr__, *_ = lazy.attach_stub(__name__, __file__)."""
    files = {**PACKAGE, "pkg/__init__.py": b"import lazy_loader as lazy\nlazy.attach_stub(__name__, __file__)\n"}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=files)))


def test_leaves_stubs_that_the_distribution_itself_reads() -> None:
    """jedi carries typeshed and reads it."""
    files = {**PACKAGE, "pkg/find.py": b"NAME = 'builtins.pyi'\n"}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=files)))


def test_leaves_stubs_of_the_application() -> None:
    assert not found_paths(RULE, site_scene({"app/main.pyi": b"x: int\n"}))


def test_leaves_the_stubs_that_a_program_in_another_language_reads() -> None:
    """basedpyright/dist/typeshed-fallback is read by dist/pyright.js: no Python source speaks of it."""
    files = {
        "basedpyright/__init__.py": b"",
        "basedpyright/dist/pyright.js": b"x",
        "basedpyright/dist/typeshed-fallback/stdlib/abc.pyi": b"x: int",
        "basedpyright/dist/typeshed-fallback/stubs/six/six/__init__.pyi": b"x: int",
    }
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "basedpyright", files=files)))


def test_finds_the_stubs_of_an_extension_that_is_spelled_as_a_package() -> None:
    """cryptography/hazmat/bindings/_rust.abi3.so has its stubs in a folder _rust without a module."""
    files = {"c/__init__.py": b"", "c/_rust.abi3.so": b"x", "c/_rust/__init__.pyi": b"", "c/_rust/asn1.pyi": b"x: int"}
    scene = site_scene(distribution_files(SITE, "c", files=files))
    assert found_paths(RULE, scene) == {f"{SITE}/c/_rust/__init__.pyi", f"{SITE}/c/_rust/asn1.pyi"}
