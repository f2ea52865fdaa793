"""An image of Debian with a service: weighed, slimmed, proven, read by every other tool, and put back."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from builders.journeys import deadweight, layered_oracle, need, run

pytestmark = pytest.mark.journey

PROBE = ("--probe", "GET /")
INSIDE = "import service; print(service.app.test_client().get('/').get_data(as_text=True).strip())"


@pytest.fixture(scope="module")
def slimmed(archive: Path) -> Path:
    """The docker archive, slimmed with a proof; its report lies beside."""
    out = archive.parent / "slim.tar"
    report = deadweight("slim", archive, "-o", out, *PROBE)
    (archive.parent / "slim.json").write_text(json.dumps(report))
    return out


def _layers(archive: Path) -> list[list[tuple[str, int]]]:
    found = []
    with tarfile.open(archive) as outer:
        manifest = json.load(outer.extractfile("manifest.json") or BytesIO())
        for name in manifest[0]["Layers"]:
            with tarfile.open(fileobj=outer.extractfile(name)) as layer:
                members = [one for one in layer if one.name != "."]
                found.append([(one.name.removeprefix("./"), one.size if one.isreg() else 0) for one in members])
    return found


def _digests(archive: Path) -> list[str]:
    return list(json.loads(run("skopeo", "inspect", "--config", f"docker-archive:{archive}"))["rootfs"]["diff_ids"])


def test_the_sums_are_those_that_tarfile_counts(archive: Path) -> None:
    whole = deadweight("weigh", archive)["before"]
    seen, hidden = layered_oracle(_layers(archive))
    assert (whole["unpacked"], whole["shadowed"]) == (seen, hidden)
    assert whole["visible"] + whole["shadowed"] + whole["overhead"] == archive.stat().st_size
    assert sum(owner["size"] for owner in whole["owners"]) == whole["unpacked"]


def test_what_a_later_layer_removed_or_gave_away_is_told(archive: Path) -> None:
    report = deadweight("weigh", archive)
    dead = report["before"]["dead"]
    assert sum(dead.get(f"{kind} removed by a later layer", 0) for kind in ("file", "directory")) > 5_000_000
    assert dead["copied by a chown or chmod"] > 3_000_000
    owners = {owner["owner"].split()[0] for owner in report["before"]["owners"]}
    assert {"python3.11-minimal", "libc6"} <= owners
    assert {"dead-bytes", "version-control", "bytecode"} <= {finding["rule"] for finding in report["findings"]}


def test_the_result_is_smaller_and_answers_the_same(archive: Path, slimmed: Path) -> None:
    report = json.loads((archive.parent / "slim.json").read_text())
    assert report["proof"]["verdict"] == "same"
    assert report["after"]["total"] == slimmed.stat().st_size < 0.9 * archive.stat().st_size
    assert not report["after"]["dead"].get("directory removed by a later layer")


def test_layers_that_nothing_touched_keep_their_digest(archive: Path) -> None:
    out = archive.parent / "no-git.tar"
    deadweight(
        "slim", archive, "-o", out, "--select", "version-control", "--allow", "safe", "--allow", "proven", *PROBE
    )
    before, after = _digests(archive), _digests(out)
    assert before[0] == after[0]
    assert before != after


def test_the_same_input_gives_the_same_bytes(archive: Path, slimmed: Path) -> None:
    again = archive.parent / "again.tar"
    deadweight("slim", archive, "-o", again, *PROBE)
    assert again.read_bytes() == slimmed.read_bytes()


def test_skopeo_umoci_and_buildah_read_the_result(slimmed: Path, tmp_path: Path) -> None:
    need("skopeo", "umoci", "buildah")
    run("skopeo", "copy", "--insecure-policy", f"docker-archive:{slimmed}", f"oci:{tmp_path / 'layout'}:slim")
    run("umoci", "unpack", "--image", f"{tmp_path / 'layout'}:slim", tmp_path / "bundle")
    root = tmp_path / "bundle" / "rootfs"
    assert (root / "app" / "service.py").is_file()
    assert not (root / "app" / ".git").exists()
    store = (
        "buildah",
        "--root",
        str(tmp_path / "store"),
        "--runroot",
        str(tmp_path / "run"),
        "--storage-driver",
        "vfs",
    )
    name = run(*store, "from", "--pull", f"docker-archive:{slimmed}").strip()
    assert (Path(run(*store, "mount", name).strip()) / "app" / "service.py").is_file()
    run(*store, "umount", name)
    run(*store, "rm", name)


def test_docker_loads_and_runs_the_result(docker: tuple[str, ...], archive: Path, slimmed: Path) -> None:
    answers = []
    for image in (archive, slimmed):
        run(*docker, "load", "-i", image)
        words = ("run", "--rm", "--network", "none", "app:latest", "python3", "-c", INSIDE)
        answers.append(run(*docker, *words))
        run(*docker, "rmi", "app:latest")
    assert json.loads(answers[0]) == {"answer": 42, "words": ["small", "true"]}
    assert answers[0] == answers[1]


def test_what_was_cut_comes_back_and_the_image_still_loads(slimmed: Path, tmp_path: Path) -> None:
    work = tmp_path / "work.tar"
    shutil.copy(slimmed, work)
    shutil.copy(f"{slimmed}.removed.tar.zst", f"{work}.removed.tar.zst")
    deadweight("restore", work, "app/.git")
    run("skopeo", "copy", "--insecure-policy", f"docker-archive:{work}", f"oci:{tmp_path / 'layout'}:back")
    run("umoci", "unpack", "--image", f"{tmp_path / 'layout'}:back", tmp_path / "bundle")
    application = tmp_path / "bundle" / "rootfs" / "app"
    assert run("git", "-c", "safe.directory=*", "log", "--format=%s", cwd=application) == "all of it\n"
    assert not run("git", "-c", "safe.directory=*", "status", "--short", "service.py", cwd=application)


def test_an_oci_layout_is_slimmed_with_its_own_entry_point(layout: Path, tmp_path: Path) -> None:
    report = deadweight("slim", layout, "-o", tmp_path / "slim", *PROBE)
    assert report["proof"]["verdict"] == "same"
    found = json.loads(run("skopeo", "inspect", f"oci:{tmp_path / 'slim'}:app"))
    before = json.loads(run("skopeo", "inspect", f"oci:{layout}:app"))
    assert len(found["Layers"]) <= len(before["Layers"]) + 1, "the tripwire is on top"
    subprocess.run(["umoci", "ls", "--layout", tmp_path / "slim"], check=True)
