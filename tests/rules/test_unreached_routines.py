from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest

from builders.cutting import compiled
from builders.findings import found_by
from builders.openblas import importer, openblas, worthwhile
from builders.scenes import distribution_files, scene_of
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.facts import native_files
from deadweight.rules.unreached_routines import RULE

SITE = "venv/lib/python3.12/site-packages"
PATH = f"{SITE}/numpy.libs/libopenblas.so"
ANY = 1 << 30
NONE: Mapping[str, bytes] = {}


def files(build: bytes, more: Mapping[str, bytes]) -> dict[str, bytes | Entry]:
    given = {"numpy/_core.so": importer(), "numpy.libs/libopenblas.so": build, **more}
    return dict(distribution_files(SITE, "numpy", files=given))


def found(build: bytes, cpu: str = "", more: Mapping[str, bytes] = NONE) -> tuple[Finding, ...]:
    return found_by(RULE, files(build, more), {"cpu": cpu} if cpu else {}, ANY)


def reasons(build: bytes, cpu: str = "", more: Mapping[str, bytes] = NONE) -> list[str]:
    scene = scene_of(files(build, more), {"cpu": cpu} if cpu else {})
    assert not list(RULE.find(scene))
    return [gap.reason for gap in scene.gaps if gap.stage == RULE.name]


def without_sections(body: bytes) -> bytes:
    changed = bytearray(body)
    struct.pack_into("<Q", changed, 40, 0)
    struct.pack_into("<HH", changed, 60, 0, 0)
    return bytes(changed)


def test_finds_routines_that_nothing_imports() -> None:
    (one,) = found(worthwhile())
    assert (one.owner, one.paths, one.safety) == ("numpy 1.0", (PATH,), Safety.PROVEN)
    assert 690_000 < one.size == one.stored < len(worthwhile())
    assert any("dot_, scipy" in said.says or "dot_, solve_" in said.says for said in one.evidence)
    assert any("--cpu" in said.says for said in one.evidence)
    (edit,) = one.edits
    assert (edit.kind, edit.paths, edit.arguments) == ("hollow", (PATH,), {"imported": "dot_ solve_"})


def test_finds_kernels_for_processors_that_are_not_named() -> None:
    (alone,), (one,) = found(worthwhile()), found(worthwhile(), "x86-64-v3")
    assert one.size > alone.size + 8 * 3 * 4096
    assert one.edits[0].arguments == {"imported": "dot_ solve_", "processors": "x86-64-v3"}
    assert "kernels but for haswell" in one.says
    assert found(worthwhile(), " x86-64-v3 , x86-64-v4,")[0].edits[0].arguments["processors"] == "x86-64-v3,x86-64-v4"


def test_leaves_a_build_of_which_little_would_go() -> None:
    assert found(openblas()) == ()


def test_leaves_a_library_that_is_no_build() -> None:
    assert found(importer()) == ()


def test_leaves_all_builds_where_a_file_does_not_tell_what_it_imports() -> None:
    (why,) = reasons(worthwhile(), more={"numpy/_odd.so": without_sections(importer())})
    assert "all of OpenBLAS stays" in why


def test_leaves_a_build_that_nothing_imports_from() -> None:
    """Who looks its routines up by name at run time is out of sight: Julia, R, ctypes."""
    scene = scene_of({"usr/lib/libopenblas.so.0": worthwhile()})
    assert not list(RULE.find(scene))
    assert "who uses it is not known" in next(gap.reason for gap in scene.gaps if gap.stage == RULE.name)


def test_leaves_a_stripped_build_and_says_why() -> None:
    (why,) = reasons(openblas(flags=("-s",)))
    assert why.startswith("left as it is: ")
    assert "it was stripped" in why


def test_leaves_a_build_that_is_too_large_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_files, "_LARGEST_BUILD", 1000)
    (why,) = reasons(worthwhile())
    assert f"a library of {len(worthwhile())} bytes is not taken apart" in why


def test_kernels_that_another_library_imports_stay() -> None:
    user = compiled("extern int gotoblas_NEHALEM;\nint *entry(void) { return &gotoblas_NEHALEM; }\n")
    (one,) = found(worthwhile(), "x86-64-v3", {"numpy/_odd.so": user})
    assert one.says.endswith("kernels but for nehalem, haswell")


def test_leaves_another_name_of_the_same_file() -> None:
    """A hard link follows its first name."""
    first, again = "lib/a.so", "lib/b.so"
    body = worthwhile()
    link = Entry(again, Kind.HARDLINK, len(body), 0, target=first, head=body[:16])
    findings = found_by(RULE, {first: body, again: link, "lib/c.so": importer()}, reads=ANY)
    assert [one.paths for one in findings] == [(first,)]


@pytest.mark.parametrize("cpu", ["haswell", "x86-64-v5", "x86-64-v3;x86-64-v4", "X86-64-V3"])
def test_what_is_no_level_is_told(cpu: str) -> None:
    with pytest.raises(UsageError, match="no level of processors") as told:
        found(worthwhile(), cpu)
    assert "x86-64-v4" in told.value.advice


def test_names_that_only_another_build_has_are_no_reason() -> None:
    two = {"scipy/_x.so": importer(), "scipy.libs/libopenblas.so": worthwhile("-O2")}
    assert {one.paths[0] for one in found(worthwhile(), more=two)} == {PATH, f"{SITE}/scipy.libs/libopenblas.so"}
