"""A zoo is an OCI image layout: other programs read it, carry it away and back, and what they put there stays."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from builders.zoos import added, back, blobs, cleaned, model, moved, weights
from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT
from deadweight.zoo.checking import verify
from deadweight.zoo.listing import listing
from deadweight.zoo.writing import SMALL, small_limit

FIRST = {"a": weights(1, 30_000), "b": weights(2, 30_000), "small": weights(3, 200)}
SECOND = {"a": FIRST["a"], "b": moved(FIRST["b"], 5, 1e-3), "small": FIRST["small"]}
needs_skopeo = pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not here")


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    root = tmp_path / "zoo"
    added(root, model(tmp_path / "one", FIRST), "org/m:1")
    added(root, model(tmp_path / "two", SECOND), "org/m:2", data="bbc")
    return root


def document(zoo: Path, digest: str) -> Any:  # noqa: ANN401  # JSON
    return json.loads((zoo / "blobs" / digest.replace(":", "/")).read_bytes())


def manifests(zoo: Path) -> list[Any]:
    index = json.loads((zoo / "index.json").read_bytes())
    return [document(zoo, entry["digest"]) for entry in index["manifests"]]


def copied(source: str, to: str) -> None:
    words = ["skopeo", "--insecure-policy", "copy", "--quiet", source, to]
    subprocess.run(words, check=True, capture_output=True, timeout=60)


def test_every_blob_is_named_by_its_digest(zoo: Path) -> None:
    for name in blobs(zoo):
        assert hashlib.sha256((zoo / "blobs/sha256" / name).read_bytes()).hexdigest() == name


def test_the_layout_says_what_the_specification_wants(zoo: Path) -> None:
    assert json.loads((zoo / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads((zoo / "index.json").read_bytes())
    assert index["schemaVersion"] == 2
    names = [entry["annotations"]["org.opencontainers.image.ref.name"] for entry in index["manifests"]]
    assert names == ["org/m:1", "org/m:2"]
    for entry, manifest in zip(index["manifests"], manifests(zoo), strict=True):
        assert entry["mediaType"] == manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
        assert manifest["artifactType"] == entry["artifactType"]
        for named in (entry, manifest["config"], *manifest["layers"]):
            assert (zoo / "blobs" / named["digest"].replace(":", "/")).stat().st_size == named["size"]


def test_a_manifest_says_what_it_is_for_those_who_only_see_it(zoo: Path) -> None:
    notes = manifests(zoo)[1]["annotations"]
    assert notes["org.opencontainers.image.created"] == "1970-01-01T00:00:00Z"
    assert notes["org.opencontainers.image.title"] == "org/m"
    assert notes["org.opencontainers.image.version"] == "2"
    assert notes["deadweight.zoo.parent"] == "org/m:1"
    assert notes["deadweight.zoo.note.data"] == "bbc"


def test_a_manifest_names_all_that_its_version_needs(zoo: Path, tmp_path: Path) -> None:
    """A zoo with nothing but the blobs of one manifest gives the version: those of bases are among them."""
    alone = tmp_path / "alone"
    (alone / "blobs/sha256").mkdir(parents=True)
    shutil.copy(zoo / "oci-layout", alone)
    entry = json.loads((zoo / "index.json").read_bytes())["manifests"][1]
    (alone / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    manifest = document(zoo, entry["digest"])
    for named in (entry, manifest["config"], *manifest["layers"]):
        shutil.copy(zoo / "blobs" / named["digest"].replace(":", "/"), alone / "blobs/sha256")
    assert back(alone, "org/m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()
    assert not verify(alone, SILENT).problems


@needs_skopeo
def test_skopeo_carries_versions_away_and_back_unchanged(zoo: Path, tmp_path: Path) -> None:
    away, again = tmp_path / "away", tmp_path / "again"
    for name in ("org/m:1", "org/m:2"):
        copied(f"oci:{zoo}:{name}", f"oci:{away}:{name}")
        copied(f"oci:{away}:{name}", f"oci:{again}:{name}")
    assert blobs(again) == blobs(zoo)
    for name, file in (("org/m:1", "one"), ("org/m:2", "two")):
        assert back(again, name, tmp_path / "out") == (tmp_path / file).read_bytes()
    assert not verify(again, SILENT).problems
    assert cleaned(again) == 0
    three = added(again, model(tmp_path / "three", {**SECOND, "a": moved(FIRST["a"], 8, 1e-3)}), "org/m")
    assert three.version.version == "3"
    assert three.version.parent == "org/m:2"


@needs_skopeo
def test_skopeo_puts_a_version_into_a_zoo_that_has_others(zoo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    added(other, model(tmp_path / "three", {"x": weights(9, 5_000)}), "guest:1")
    copied(f"oci:{other}:guest:1", f"oci:{zoo}:guest:1")
    assert [str(one.version.reference) for one in listing(zoo).versions] == ["guest:1", "org/m:1", "org/m:2"]
    assert cleaned(zoo) == 0
    assert back(zoo, "guest:1", tmp_path / "out") == (tmp_path / "three").read_bytes()


def put(zoo: Path, body: bytes) -> dict[str, object]:
    digest = hashlib.sha256(body).hexdigest()
    (zoo / "blobs/sha256" / digest).write_bytes(body)
    return {"digest": f"sha256:{digest}", "size": len(body)}


def foreign(zoo: Path) -> set[str]:
    """An image for two platforms and a signature of it, as other programs put them there; gives its blobs."""
    before = set(blobs(zoo))
    kind = "application/vnd.oci.image.{}.v1+json"
    images = []
    for platform in ("amd64", "arm64"):
        layer = {**put(zoo, platform.encode() * 99), "mediaType": "application/vnd.oci.image.layer.v1.tar"}
        config = {**put(zoo, json.dumps({"architecture": platform}).encode()), "mediaType": kind.format("config")}
        body = json.dumps({"schemaVersion": 2, "config": config, "layers": [layer]}).encode()
        images.append({**put(zoo, body), "mediaType": kind.format("manifest")})
    inner = {
        **put(zoo, json.dumps({"schemaVersion": 2, "manifests": images}).encode()),
        "mediaType": kind.format("index"),
    }
    signature = put(zoo, json.dumps({"schemaVersion": 2, "subject": inner, "layers": [put(zoo, b"signed")]}).encode())
    index = json.loads((zoo / "index.json").read_bytes())
    index["manifests"] += [inner, {**signature, "mediaType": kind.format("manifest")}]
    (zoo / "index.json").write_text(json.dumps(index))
    return set(blobs(zoo)) - before


def test_what_other_programs_keep_in_the_layout_stays(zoo: Path, tmp_path: Path) -> None:
    theirs = foreign(zoo)
    assert len(theirs) == 9
    assert [str(one.version.reference) for one in listing(zoo).versions] == ["org/m:1", "org/m:2"]
    assert listing(zoo).unreferenced == 0
    cleaned(zoo)
    assert theirs <= set(blobs(zoo))
    added(zoo, tmp_path / "one", "org/m")
    assert len(json.loads((zoo / "index.json").read_bytes())["manifests"]) == 5
    assert theirs <= set(blobs(zoo))
    assert not verify(zoo, SILENT).problems


def test_a_folder_with_other_things_in_it_does_not_become_a_zoo(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="other things"):
        added(place, model(tmp_path / "one", FIRST), "m")
    assert [one.name for one in place.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("count", [10, 4096, 5000, 30_000])
@pytest.mark.parametrize("size", [SMALL, 3 * SMALL, 8 << 20])
def test_a_manifest_has_an_end_however_many_tensors_there_are(count: int, size: int) -> None:
    limit = small_limit([size] * count)
    assert sum(one >= limit for one in [size] * count) <= 4096
    assert limit == SMALL or count > 4096
