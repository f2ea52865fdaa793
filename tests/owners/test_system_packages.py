"""What packages of an operating system own besides what their database lists."""

from __future__ import annotations

from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.owner import Basis, Claim, Owner
from deadweight.owners.system_packages import Package, database_claim, package_claims

ONE = Package("one", "1", ("usr/bin/one", "usr/share/one", "usr/share"), "db")
TWO = Package("two", "2", ("usr/lib/two.py", "usr/share"), "db")


def link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, target=target)


def claimed(files: dict[str, bytes | Entry], *packages: Package) -> dict[str, tuple[Owner, Basis]]:
    claims = list(package_claims(scene_of(files).listing, packages))
    return {path: (claim.owner, claim.basis) for claim in claims for path in claim.paths}


FILES: dict[str, bytes | Entry] = {"usr/bin/one": b"1", "usr/share/one/data": b"d", "usr/lib/two.py": b"x = 2\n"}


def test_a_file_that_the_database_lists_is_recorded() -> None:
    assert claimed(FILES, ONE, TWO)["usr/bin/one"] == (ONE.owner, Basis.RECORDED)


def test_a_file_that_is_listed_and_gone_is_claimed_by_nobody() -> None:
    """Images delete /usr/share/doc and keep the database."""
    gone = Package("gone", "1", ("usr/share/doc/gone/copyright",), "db")
    assert claimed(FILES, gone) == {}


def test_a_directory_that_one_package_lists_is_its_own() -> None:
    assert claimed(FILES, ONE, TWO)["usr/share/one"] == (ONE.owner, Basis.RECORDED)


def test_a_directory_that_two_packages_list_is_nobodys() -> None:
    assert "usr/share" not in claimed(FILES, ONE, TWO)
    assert claimed(FILES, ONE)["usr/share"][0] == ONE.owner


def test_a_link_to_a_directory_that_several_list_is_nobodys() -> None:
    files = {**FILES, "bin": link("bin", "usr/bin")}
    base, other = (Package(name, "1", ("bin",), "db") for name in ("base", "other"))
    assert "bin" not in claimed(files, base, other)


def test_bytecode_made_at_the_install_belongs_to_whom_its_source_belongs_to() -> None:
    files = {
        **FILES,
        "usr/lib/__pycache__/two.cpython-312.pyc": b"c",
        "usr/lib/__pycache__/other.cpython-312.pyc": b"c",
    }
    found = claimed(files, TWO)
    assert found["usr/lib/__pycache__/two.cpython-312.pyc"] == (TWO.owner, Basis.LOCATED)
    assert "usr/lib/__pycache__/other.cpython-312.pyc" not in found


def test_alternatives_belong_to_the_program_that_they_lead_to() -> None:
    files = {
        **FILES,
        "etc/alternatives/tool": link("etc/alternatives/tool", "/usr/bin/one"),
        "usr/bin/tool": link("usr/bin/tool", "/etc/alternatives/tool"),
    }
    found = claimed(files, ONE)
    assert found["etc/alternatives/tool"] == found["usr/bin/tool"] == (ONE.owner, Basis.GUESSED)


def test_links_of_the_application_are_not_guessed_to_be_a_packages() -> None:
    files = {**FILES, "app/tool": link("app/tool", "/usr/bin/one"), "usr/bin/broken": link("usr/bin/broken", "/none")}
    assert not {"app/tool", "usr/bin/broken"} & claimed(files, ONE).keys()


def test_a_link_that_a_package_lists_is_recorded_and_not_guessed() -> None:
    files = {**FILES, "usr/bin/two": link("usr/bin/two", "one")}
    two = Package("two", "2", ("usr/bin/two",), "db")
    assert claimed(files, ONE, two)["usr/bin/two"] == (two.owner, Basis.RECORDED)


def test_a_package_manager_has_its_own_database() -> None:
    listing = scene_of({"var/lib/dpkg/status": b"", "var/lib/dpkg/info/a.list": b"", "var/lib/apt/x": b""}).listing
    (claim,) = database_claim(listing, "dpkg", "var/lib/dpkg", "var/lib/none")
    assert isinstance(claim, Claim)
    assert (claim.owner.name, claim.basis) == ("dpkg", Basis.LOCATED)
    assert {"var/lib/dpkg/status", "var/lib/dpkg/info/a.list"} <= set(claim.paths)
    assert "var/lib/apt/x" not in claim.paths
