"""Whose the files of a Debian system are, with `dpkg -S` on this machine as oracle."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.scenes import scene_of
from builders.trees import entries_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.owner import NOBODY, Basis, Claim, Owner, OwnerKind
from deadweight.owners.dpkg import CATALOGER, versions_in

INFO = "var/lib/dpkg/info"
STATUS = b"""Package: coreutils
Status: install ok installed
Version: 9.1-1
Description: tools
 Version: of a folded line

Package: libc6
Version: 2.36
"""


def package(name: str) -> Owner:
    return Owner(OwnerKind.OS_PACKAGE, name, {"coreutils": "9.1-1", "libc6": "2.36"}.get(name, ""))


def system(lists: dict[str, bytes], files: dict[str, bytes | Entry]) -> dict[str, bytes | Entry]:
    """A Debian system whose packages list these paths."""
    listed = {f"{INFO}/{name}.list": body for name, body in lists.items()}
    return {"var/lib/dpkg/status": STATUS, **listed, **files}


def real(path: str) -> str:
    """Where the path of this machine lies once the links above it are followed."""
    return (Path(path).parent.resolve() / Path(path).name).as_posix()


def run(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="this machine has no dpkg")
def test_a_real_system_is_attributed_as_dpkg_does_it() -> None:
    names = ("coreutils", "dash", "libc6", "bash", "tzdata", "perl-base", "libc-bin", "util-linux")
    listed = [path for name in names for path in run("dpkg", "-L", name) if path.startswith("/") and path != "/."]
    lists = [file for name in names for file in Path("/", INFO).glob(f"{name}*.list")]
    small = {path.as_posix()[1:]: path.read_bytes() for path in (Path("/var/lib/dpkg/status"), *lists)}
    entries = entries_of({"/bin", "/sbin", "/lib", "/lib64", *map(real, listed)})
    ownership = scene_of({**entries, **small}).ownership
    seen = 0
    for line in run("dpkg", "-S", *sorted(set(listed))[::25]):
        owners, _, path = line.partition(": ")
        if Path(path).is_file() and "," not in owners and not line.startswith("diversion"):
            assert ownership.of(real(path)[1:]).name == owners.partition(":")[0], path
            seen += 1
    assert seen > 20


def test_a_list_of_before_the_merge_of_usr_finds_the_files_behind_the_links() -> None:
    links = {"bin": Entry("bin", Kind.SYMLINK, target="usr/bin")}
    scene = scene_of(system({"coreutils": b"/.\n/bin\n/bin/ls\n"}, {**links, "usr/bin/ls": b"ls"}))
    assert scene.ownership.of("usr/bin/ls") == package("coreutils")


def test_the_merge_of_usr_is_followed_the_other_way_and_without_its_links() -> None:
    scene = scene_of(
        system(
            {"coreutils": b"/usr/bin/ls\n", "libc6:amd64": b"/lib/x/libc.so\n"},
            {"bin/ls": b"ls", "usr/lib/x/libc.so": b"c"},
        )
    )
    assert scene.ownership.of("bin/ls") == package("coreutils")
    assert scene.ownership.of("usr/lib/x/libc.so") == package("libc6")


def test_a_directory_that_several_packages_list_is_nobodys_and_no_contest() -> None:
    lists = {
        "coreutils": b"/usr\n/usr/bin\n/usr/bin/ls\n/usr/share/only\n",
        "libc6:amd64": b"/usr\n/usr/bin\n/usr/bin/ldd\n",
    }
    scene = scene_of(system(lists, {"usr/bin/ls": b"1", "usr/bin/ldd": b"2", "usr/share/only/x": b"3"}))
    assert scene.ownership.of("usr/bin") == NOBODY
    assert scene.ownership.of("usr/share/only") == package("coreutils")
    assert scene.ownership.contests == ()


def test_a_link_to_a_directory_that_several_packages_list_is_no_contest() -> None:
    lists = {"coreutils": b"/bin\n/bin/ls\n", "libc6:amd64": b"/bin\n/bin/ldd\n"}
    link = {"bin": Entry("bin", Kind.SYMLINK, target="usr/bin")}
    scene = scene_of(system(lists, {**link, "usr/bin/ls": b"1", "usr/bin/ldd": b"2"}))
    assert scene.ownership.contests == ()


def test_a_file_that_two_packages_list_is_contested() -> None:
    scene = scene_of(system({"coreutils": b"/usr/share/x\n", "libc6:amd64": b"/usr/share/x\n"}, {"usr/share/x": b"1"}))
    (contest,) = scene.ownership.contests
    assert contest.owners == (package("coreutils"), package("libc6"))


def test_a_diverted_file_is_found_where_the_diversion_put_it() -> None:
    files: dict[str, bytes | Entry] = {"usr/bin/sh": b"theirs", "usr/bin/sh.distrib": b"ours"}
    files["var/lib/dpkg/diversions"] = b"/usr/bin/sh\n/usr/bin/sh.distrib\nlibc6\n"
    scene = scene_of(system({"coreutils": b"/usr/bin/sh\n", "libc6": b"/usr/bin/sh\n"}, files))
    assert scene.ownership.of("usr/bin/sh.distrib") == package("coreutils")
    assert scene.ownership.of("usr/bin/sh") == package("libc6")


def test_an_alternative_goes_with_the_program_that_it_leads_to() -> None:
    links = {"usr/bin/editor": "/etc/alternatives/editor", "etc/alternatives/editor": "/usr/bin/nano"}
    files: dict[str, bytes | Entry] = {path: Entry(path, Kind.SYMLINK, target=target) for path, target in links.items()}
    scene = scene_of(system({"coreutils": b"/usr/bin/nano\n"}, {**files, "usr/bin/nano": b"x"}))
    assert {scene.ownership.of(path) for path in links} == {package("coreutils")}


def test_bytecode_made_at_installation_goes_with_its_source() -> None:
    folder = "usr/lib/python3/dist-packages"
    files: dict[str, bytes | Entry] = {f"{folder}/a.py": b"1", f"{folder}/__pycache__/a.cpython-311.pyc": b"2"}
    scene = scene_of(system({"coreutils": f"/{folder}/a.py\n".encode()}, files))
    assert scene.ownership.of(f"{folder}/__pycache__/a.cpython-311.pyc") == package("coreutils")


def test_an_image_without_dpkg_is_read_by_its_status_d() -> None:
    files = {
        "var/lib/dpkg/status.d/libc6": b"Package: libc6\nVersion: 2.36\n",
        "var/lib/dpkg/status.d/libc6.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  usr/lib/libc.so\n",
        "usr/lib/libc.so": b"c",
    }
    ownership = scene_of(files).ownership
    assert ownership.of("usr/lib/libc.so") == package("libc6")
    assert ownership.sources[package("libc6")] == "var/lib/dpkg/status.d/libc6.md5sums"


def test_the_database_is_dpkgs_and_its_files_about_a_package_are_the_packages() -> None:
    scene = scene_of(system({"coreutils": b""}, {f"{INFO}/coreutils.postinst": b"#!"}))
    assert scene.ownership.of("var/lib/dpkg/status").name == "dpkg"
    assert scene.ownership.of(f"{INFO}/coreutils.postinst") == package("coreutils")


def test_only_files_that_are_there_are_claimed_and_as_recorded() -> None:
    listing = scene_of(system({"coreutils": b"/usr/bin/gone\n/usr/bin/ls\n"}, {"usr/bin/ls": b"1"})).listing
    found = [claim for claim in CATALOGER.claims(listing) if isinstance(claim, Claim)]
    claims = [claim for claim in found if claim.basis is Basis.RECORDED]
    assert {path for claim in claims for path in claim.paths} == {"usr/bin/ls", f"{INFO}/coreutils.list"}


def test_versions_are_those_of_the_paragraphs() -> None:
    assert versions_in(STATUS.decode()) == {"coreutils": "9.1-1", "libc6": "2.36"}
