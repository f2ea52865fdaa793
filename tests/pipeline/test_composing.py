"""A virtual environment of this host becomes an image made from scratch, and runs in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.entry import Kind
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.probe import ProbeKind
from deadweight.core.proof import Verdict
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening, Packing
from deadweight.core.trace import Trace
from deadweight.formats.docker_archive import FORMAT as DOCKER
from deadweight.formats.recognition import format_named
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.opening import Sight, open_scene
from deadweight.pipeline.scratch.alike import alike, compose_alike
from deadweight.pipeline.scratch.composing import compose

APPLICATION = """
import encodings.idna, json, ssl, sqlite3, sys, zoneinfo
number = sqlite3.connect(":memory:").execute("select 40 + 2").fetchone()[0]
trusted = ssl.create_default_context().cert_store_stats()["x509_ca"] > 0
print(json.dumps([number, trusted, str(zoneinfo.ZoneInfo("UTC")), sys.prefix]))
"""
RUN = ".venv/bin/python app.py"


@dataclass(frozen=True)
class Made:
    root: Path
    original: Scene
    image: Scene


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    """An application in an environment of the Python that runs the tests; not below /tmp, which images lay over."""
    with TemporaryDirectory(prefix="deadweight-compose-", dir=Path.home()) as folder:
        root = Path(folder) / "app"
        root.mkdir()
        (root / "app.py").write_text(APPLICATION)
        (root / "names").write_bytes(b"shared")
        (root / "again").hardlink_to(root / "names")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
        original = open_scene(root, Sight())
        yield Made(root, original, compose(original, Exercise(run=RUN), Sight()))


def test_the_tree_lies_at_its_own_place_and_is_what_it_was(made: Made) -> None:
    at = str(made.root).lstrip("/")
    before = {entry.path: entry for entry in made.original.listing.entries}
    after = {path[len(at) + 1 :]: made.image.listing.by_path[path] for path in made.image.listing.paths_under(at)}
    assert after.keys() == before.keys()
    assert all(after[path].digest == entry.digest and after[path].mode == entry.mode for path, entry in before.items())
    assert after["names"].target == f"{at}/again"


def test_all_is_owned_by_root_and_every_directory_is_there(made: Made) -> None:
    listing = made.image.listing
    assert {(entry.uid, entry.gid) for entry in listing.entries} == {(0, 0)}
    assert not [path for path in listing.directories if path and listing.by_path[path].kind is not Kind.DIRECTORY]
    assert listing.by_path["tmp"].mode == 0o1777


def test_the_image_says_what_it_starts_and_where(made: Made) -> None:
    image = made.image.artifact.image
    assert image is not None
    assert image.entrypoint == (f"{made.root}/.venv/bin/python", "app.py")
    assert image.working_directory == str(made.root)
    assert f"PATH={made.root}/.venv/bin:" in image.environment[0]
    assert image.references == ("app:latest",)


def test_what_the_interpreter_needs_is_there_and_not_what_is_installed_beside_it(made: Made) -> None:
    listing = made.image.listing
    library = Path(json.__file__).parent.parent.resolve()
    assert str(library / "os.py").lstrip("/") in listing
    assert not list(listing.under(str(library / "site-packages").lstrip("/")))
    assert not list(listing.under(str(library / "test").lstrip("/")))
    assert {"libc.so.6"} <= {entry.name for entry in listing.entries}
    assert not [gap for gap in made.image.gaps if gap.stage == "compose"]


def test_the_same_tree_comes_to_the_same_image(made: Made) -> None:
    again = compose(open_scene(made.root, Sight()), Exercise(run=RUN), Sight())
    assert again.artifact.digest == made.image.artifact.digest


def test_it_does_in_the_image_what_it_does_on_the_host(made: Made, tmp_path: Path) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    wish = proving(Exercise(run=RUN, probes=("command: .venv/bin/python app.py",)), made.image.artifact)
    assert [probe.kind for probe in wish.probes] == [ProbeKind.COMMAND]
    proof = alike(made.original, made.image, wish, tmp_path)
    assert proof.verdict is Verdict.SAME, proof.comparisons


def test_an_image_that_lacks_something_of_the_host_is_never_made(made: Made) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    asked = Exercise(run=RUN, probes=("command: /bin/cat /etc/passwd",))
    with pytest.raises(ProofFailed, match=r"does not do what the tree does: .*cat"):
        compose_alike(made.original, asked, Sight(), lambda artifact: proving(asked, artifact))


def test_it_is_packed_as_an_image_and_opened_again(made: Made, tmp_path: Path) -> None:
    artifact = made.image.artifact
    pack = format_named("docker-archive").pack
    assert pack is not None
    gone = str(made.root / "app.py").lstrip("/")
    pack(artifact, Changes(removed=frozenset({gone})), tmp_path / "out.tar", Packing(codec="store"))
    result = DOCKER.open(tmp_path / "out.tar", Opening())
    assert artifact.image is not None
    assert result.image is not None
    assert (result.image.entrypoint, result.image.references) == (artifact.image.entrypoint, ("app:latest",))
    left = {entry.path: entry.digest for entry in artifact.inventory.visible if entry.path != gone}
    assert {entry.path: entry.digest for entry in result.inventory.visible} == left
    with tarfile.open(tmp_path / "out.tar") as outer:
        assert "manifest.json" in outer.getnames()


def test_what_runs_used_outside_of_the_tree_comes_with_it(made: Made) -> None:
    trace = Trace(made.original.artifact.digest, outside=("/bin/true", "/nowhere", str(made.root / "app.py")))
    seen = compose(made.original, Exercise(run=RUN, trace=trace), Sight())
    true = str(Path("/bin/true").resolve()).lstrip("/")
    assert true in seen.listing
    assert true not in made.image.listing


def test_a_shell_line_brings_the_shell_and_the_programs_that_it_names(made: Made) -> None:
    image = compose(made.original, Exercise(run="env X=1 true && exec .venv/bin/python app.py"), Sight())
    assert image.artifact.image is not None
    assert image.artifact.image.entrypoint[:2] == ("/bin/sh", "-c")
    for program in ("/bin/sh", "/usr/bin/env", "/usr/bin/true"):
        assert str(Path(program).resolve()).lstrip("/") in image.listing


def test_what_is_no_tree_and_what_starts_nothing_is_refused(tmp_path: Path) -> None:
    scene = scene_of({"a": b""})
    for location, form, reason in (
        ("/srv/app", "directory", "nothing says what the image starts"),
        ("/srv/app", "wheel", "a wheel is no directory of this host"),
        (str(tmp_path), "directory", "empty directories over /tmp"),
    ):
        artifact = replace(scene.artifact, location=location, format=form)
        with pytest.raises(UsageError, match=reason):
            compose(replace(scene, artifact=artifact), Exercise(), Sight())


def test_a_program_that_is_not_there_is_a_gap(made: Made) -> None:
    image = compose(made.original, Exercise(run="no-such-program-here"), Sight())
    assert [gap.where for gap in image.gaps if gap.stage == "compose"] == ["no-such-program-here"]
