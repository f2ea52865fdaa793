"""The proof of an image: before and after are root file systems of their own, run as the image says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.programs import QUICK, command, held, tree
from deadweight.core.artifact import Image
from deadweight.core.proof import Proof, Verdict
from deadweight.proof.prove import ProofSettings, prove
from deadweight.sandbox.command_line import program_of_image
from deadweight.sandbox.stand import Stand

IMAGE = Image("amd64", "linux", {}, {}, environment=("GREETING=hello",), command=("cat", "/app/data.txt"), user="7:7")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of sh and cat, with the libraries that they need."""
    root = tree(tmp_path_factory.mktemp("image") / "root", {"app/data.txt": "one\ntwo\n", "doc/readme": "unused"})
    for name in ("sh", "cat"):
        program = Path(shutil.which(name, path="/usr/bin:/bin") or "").resolve()
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.split()
        for source in [program, *(Path(word) for word in told if word.startswith("/"))]:
            target = root / ("bin" if source == program else "lib") / (name if source == program else source.name)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source.resolve(), target)
    (root / "lib64").symlink_to("lib")
    return root


def proven(original: Path, copy: Path, *lines: str) -> Proof:
    before, after = Stand(original, image=True), Stand(copy, image=True)
    probes = [command(line) for line in lines]
    return prove(before, after, program_of_image(IMAGE, before), probes, ProofSettings(held(), QUICK))


def copied(original: Path, folder: Path) -> Path:
    return Path(shutil.copytree(original, folder / "copy", symlinks=True))


def test_an_image_without_what_nobody_reads_is_the_same(original: Path, tmp_path: Path) -> None:
    copy = copied(original, tmp_path)
    shutil.rmtree(copy / "doc")
    proof = proven(original, copy, 'echo "$GREETING"')
    assert [(one.probe, one.verdict.value) for one in proof.comparisons] == [
        ("run", "same"),
        ('echo "$GREETING"', "same"),
    ]


def test_an_image_whose_program_prints_less_is_different(original: Path, tmp_path: Path) -> None:
    copy = tree(copied(original, tmp_path), {"app/data.txt": "one\n"})
    proof = proven(original, copy)
    assert proof.first_difference
    assert proof.first_difference.difference == "line 2 is gone: 'two'"


def test_an_image_without_a_library_of_its_program_is_different(original: Path, tmp_path: Path) -> None:
    copy = copied(original, tmp_path)
    next((copy / "lib").glob("libc.so*")).unlink()
    proof = proven(original, copy)
    assert proof.verdict is Verdict.DIFFERENT
    assert proof.after
    assert "libc.so" in proof.after.log


def test_an_image_without_its_program_is_different(original: Path, tmp_path: Path) -> None:
    copy = copied(original, tmp_path)
    (copy / "bin/cat").unlink()
    proof = proven(original, copy)
    assert proof.first_difference
    assert proof.first_difference.difference.startswith("exit status 0 became 1")
