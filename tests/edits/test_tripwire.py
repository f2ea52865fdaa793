"""An import of a removed module fails as before, with word of who removed it; real environments, real interpreters."""

from __future__ import annotations

import subprocess
import sys
import venv
import zlib
from importlib import metadata
from pathlib import Path

import pytest

from builders.installed import tree_scene, unrecorded, untrue
from builders.scenes import distribution_files, scene_of
from deadweight.core.edit import Edit, Safety
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.edits.restoring import restore_into
from deadweight.edits.tripwire import tripwires
from deadweight.formats.companion_writing import write_companion
from deadweight.formats.directory import FORMAT

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
SITE = f"lib/{VERSION}/site-packages"
PACKAGE = {
    "shop/__init__.py": b"",
    "shop/cart.py": b"answer = 1\n",
    "shop/tax/__init__.py": b"",
    "shop/tax/eu.py": b"",
    "shop/data/rates.json": b"{}",
}
LATER = """
import importlib.abc, importlib.util, sys
class Later(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "shop.cart" else None
    def exec_module(self, module): module.later = True
sys.meta_path.append(Later())
import shop.cart
print(shop.cart.later)
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real environment with two distributions, without pip."""
    root = tmp_path_factory.mktemp("tripwire") / "env"
    venv.create(root, symlinks=True)
    for name, files in (("shop", PACKAGE), ("speedy", {"speedy.py": b"fast = True\n"})):
        for path, body in distribution_files(SITE, name, files=files).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(body)
    return root


def removal(path: str, owner: str = "shop 1.0", rule: str = "unreached-modules") -> Edit:
    return Edit("remove", (f"{SITE}/{path}",), Safety.PROVEN, rule, "nothing reaches it", owner)


CUTS = (
    removal("shop/cart.py"),
    removal("shop/tax"),
    removal("shop/data"),
    removal("speedy.py", "speedy 1.0", "unreached-distributions"),
    removal("speedy-1.0.dist-info", "speedy 1.0", "unreached-distributions"),
)


def cut(root: Path, out: Path, *edits: Edit) -> Scene:
    """The copy without what the edits remove, its RECORDs true, with its tripwires and its companion."""
    scene = tree_scene(root)
    every = (*edits, *follow_ups(scene, edits), *tripwires(scene, edits))
    staging = out.with_name(out.name + "-staging")
    staging.mkdir()
    changes = apply_all(every, scene, edit_kinds(), staging)
    assert FORMAT.pack is not None
    FORMAT.pack(scene.artifact, changes, out, Packing())
    reasons = {path: (edit.rule, edit.owner) for edit in edits for path in edit.paths}
    write_companion(scene.artifact, changes, reasons, out.with_name(out.name + ".removed.tar.zst"))
    return scene


@pytest.fixture(scope="module")
def slim(original: Path) -> Path:
    out = original.with_name("slim")
    cut(original, out, *CUTS)
    return out


def spoiled(root: Path, original: Path) -> set[str]:
    """What a RECORD says that is not so, but for what was not so before: the builder's RECORDs have no true hashes."""
    return {one for one in untrue(root / SITE) if one not in untrue(original / SITE)}


def said(root: Path, source: str, *options: str) -> str:
    """What the environment's own Python prints, or the end of its traceback."""
    words = [str(root / "bin" / "python"), *options, "-c", source]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={"PYTHONDONTWRITEBYTECODE": "1"})
    return done.stdout.strip() or done.stderr.strip()


def test_an_import_of_a_removed_module_fails_as_before_with_a_note(slim: Path) -> None:
    told = said(slim, "import shop.cart")
    assert "ModuleNotFoundError: No module named 'shop.cart'" in told
    assert told.endswith(
        "removed by deadweight (rule unreached-modules); to have it back: deadweight restore OUT distribution:shop"
    )


@pytest.mark.parametrize(("name", "rule"), [("speedy", "unreached-distributions"), ("shop.tax", "unreached-modules")])
def test_whole_packages_and_distributions_are_known_too(name: str, rule: str, slim: Path) -> None:
    assert f"(rule {rule})" in said(slim, f"import {name}")


@pytest.mark.parametrize(
    "source",
    [
        "try: import speedy\nexcept ImportError as error: print(type(error).__name__, error.name, error)",
        "try: import shop.tax.eu\nexcept ImportError as error: print(type(error).__name__, error.name, error)",
        "import importlib.util; print(importlib.util.find_spec('speedy'), importlib.util.find_spec('shop.cart'))",
        "import importlib\ntry: importlib.import_module('shop.cart')\nexcept ImportError as e: print(e.name, e)",
        "import pkgutil, shop; print([one.name for one in pkgutil.walk_packages(shop.__path__)])",
        "try: from shop import cart\nexcept ImportError as error: print(type(error).__name__, error.name, error)",
        "import shop.data; print(list(shop.data.__path__))",
        "import sys; print([finder.find_spec('speedy', None) for finder in sys.meta_path[-1:]])",
        "try: import never_there\nexcept ImportError as error: print(error, getattr(error, '__notes__', None))",
    ],
)
def test_all_that_a_program_can_ask_is_answered_as_without_it(source: str, slim: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    scene = tree_scene(slim)
    tripped = [path for path in scene.listing.by_path if "deadweight_tripwire" in path and path.count("/") == 3]
    removed = Edit("remove", tuple(tripped), Safety.SAFE, "a-rule", "for comparison")
    assert FORMAT.pack is not None
    FORMAT.pack(scene.artifact, apply_all((removed,), scene, edit_kinds(), tmp_path), plain, Packing())
    told, untold = (said(root, source).replace(str(root), "ROOT") for root in (slim, plain))
    assert told == untold


def test_what_a_later_finder_brings_is_brought(slim: Path) -> None:
    assert said(slim, LATER) == "True"


def test_the_last_finder_is_there_once_and_reads_nothing_until_something_is_missing(slim: Path) -> None:
    source = (
        "import sys; print([type(one).__name__ for one in sys.meta_path].count('Tripwire'), sys.meta_path[-1].removed)"
    )
    assert said(slim, source) == "1 None"
    assert said(slim, "import sys; print(type(sys.meta_path[-1]).__name__)", "-S") != "Tripwire"


def test_every_byte_has_an_owner_and_every_record_is_true(original: Path, slim: Path) -> None:
    site = slim / SITE
    assert spoiled(slim, original) == set()
    assert unrecorded(site) == []
    assert metadata.Distribution.at(next(site.glob("deadweight_tripwire-*"))).metadata["Name"] == "deadweight-tripwire"


def test_what_is_restored_imports_again(original: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cut(original, out, *CUTS)
    restore_into(out, out.with_name("out.removed.tar.zst"), ("distribution:shop",))
    assert said(out, "import shop.cart, shop.tax.eu; print(shop.cart.answer)") == "1"
    assert "deadweight restore OUT distribution:speedy" in said(out, "import speedy")
    assert spoiled(out, original) == set()


def test_slimming_again_keeps_the_word_of_what_went_before(original: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    cut(original, first, CUTS[0])
    cut(first, second, CUTS[3], CUTS[4])
    assert "(rule unreached-modules)" in said(second, "import shop.cart")
    assert "(rule unreached-distributions)" in said(second, "import speedy")
    assert spoiled(second, original) == set()
    assert unrecorded(second / SITE) == []


def test_the_same_cuts_leave_the_same_bytes(original: Path, slim: Path, tmp_path: Path) -> None:
    cut(original, tmp_path / "again", *CUTS)
    for path in slim.rglob("*tripwire*/*"):
        assert (tmp_path / "again" / path.relative_to(slim)).read_bytes() == path.read_bytes()


def test_a_directory_that_no_interpreter_starts_from_has_none_and_that_is_said() -> None:
    scene = scene_of(distribution_files("vendor", "shop", files=PACKAGE))
    edit = Edit("remove", ("vendor/shop/cart.py",), Safety.PROVEN, "a-rule", "unused", "shop 1.0")
    assert tripwires(scene, [edit]) == ()
    assert [(gap.stage, gap.where) for gap in scene.gaps] == [("tripwire", "vendor")]


def test_what_is_no_module_needs_none() -> None:
    files = distribution_files(SITE, "shop", files={**PACKAGE, "shop/cart.pyi": b"", "shop/x-y.py": b""})
    scene = scene_of(files)
    edits = [removal(name) for name in ("shop/cart.pyi", "shop/data", "shop/x-y.py", "shop-1.0.dist-info")]
    assert tripwires(scene, edits) == ()


def test_modules_of_the_standard_library_beside_the_site_are_known() -> None:
    home = f"lib/{VERSION}"
    files = distribution_files(SITE, "shop", files=PACKAGE)
    scene = scene_of({**files, f"{home}/os.py": b"", f"{home}/idlelib/__init__.py": b"", f"{home}/turtle.py": b""})
    edits = [
        Edit("remove", (f"{home}/{name}",), Safety.PROVEN, "a-rule", "unused") for name in ("idlelib", "turtle.py")
    ]
    (tripwire,) = tripwires(scene, edits)
    assert tripwire.arguments["removed"] == "a-rule\t\t idlelib turtle \n"


def test_the_manifest_is_small(original: Path, tmp_path: Path) -> None:
    names = " ".join(f"package.of.modules.number_{number}" for number in range(5000))
    scene = tree_scene(original)
    edit = Edit("tripwire", (SITE,), Safety.SAFE, "", "x", arguments={"removed": f"a-rule\tpackage\t{names}\n"})
    added = apply_all([edit], scene, edit_kinds(), tmp_path).added
    body = next(one.body for path, one in added.items() if path.endswith("removed.z"))
    assert body is not None
    assert body.stat().st_size < 20_000
    assert zlib.decompress(body.read_bytes()).decode().split("\t")[2].split() == names.split()
