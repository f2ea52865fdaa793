from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from builders.cutting import answer, compiled, image_of, written
from builders.openblas import CHOICE, FULL, KINDS, openblas
from deadweight.core.errors import Corrupt
from deadweight.native.cutting.hollow import Wish, hollowed
from deadweight.native.cutting.openblas import Build, Unreached, build_of, unreached

ALL = frozenset(("dot_", "scale_", "unroll_", "solve_"))
ORDER = {"PRESCOTT": 0, "NEHALEM": 1, "SANDYBRIDGE": 2, "HASWELL": 3, "ZEN": 4, "SKYLAKEX": 5}
WAYS: dict[str, tuple[bool, tuple[str, ...]]] = {
    "by slots": (True, ()),
    "by address": (False, ()),
    "by slots that are bound within": (True, ("-Wl,-Bsymbolic",)),
    "by slots, well compiled": (True, ("-O2",)),
    "by address, well compiled": (False, ("-O2",)),
}
"""How a build takes the address of its tables: whether they are exported, and how it is compiled."""


def made(way: str, kinds: tuple[str, ...] = KINDS, more: str = "") -> bytes:
    exported, flags = WAYS[way]
    return openblas(kinds, flags, exported, more)


@functools.cache
def build(body: bytes) -> Build:
    return build_of(image_of(body))


def gone(body: bytes, *levels: str, imported: frozenset[str] = ALL) -> Unreached:
    return unreached(build(body), imported, levels)


def cut(body: bytes, *levels: str, imported: frozenset[str] = ALL) -> bytes:
    found = gone(body, *levels, imported=imported)
    return hollowed(image_of(body), Wish(found.stretches, found.names, found.patches))


def asked(path: Path, kind: str | None) -> tuple[str, ...]:
    environment = {CHOICE: kind} if kind else {}
    return tuple(answer(path, "dot_ scale_ unroll_ solve_", 1, **environment).split())


def answers(kinds: tuple[str, ...], kind: str) -> tuple[str, ...]:
    number = kinds.index(kind) + 1
    return (str(1 + 100 * number), str(2 + 1000 * number), str(8 + number), "0")


def stands_in(kind: str, kept: tuple[str, ...]) -> str:
    """What is taken for a kind: the highest that stays and asks no more, else the lowest that stays."""
    below = [one for one in kept if kind in ORDER and ORDER[one] <= ORDER[kind]]
    return max(below, key=ORDER.__getitem__) if below else min(kept, key=ORDER.__getitem__)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        (("x86-64-v3",), ("HASWELL",)),
        (("x86-64-v1",), ("PRESCOTT",)),
        (("x86-64-v2", "x86-64-v4"), ("NEHALEM", "SKYLAKEX")),
    ],
)
def test_whatever_is_chosen_kernels_that_stay_answer(
    way: str, levels: tuple[str, ...], kept: tuple[str, ...], tmp_path: Path
) -> None:
    path = written(tmp_path, cut(made(way), *levels))
    for kind in (None, "NONSENSE", *KINDS):
        standing = stands_in(kind or KINDS[-1], kept) if kind != "NONSENSE" else stands_in(KINDS[0], kept)
        assert asked(path, kind) == answers(KINDS, standing), kind


@pytest.mark.parametrize("way", WAYS)
def test_the_name_of_the_kind_is_that_of_the_one_that_is_taken(way: str, tmp_path: Path) -> None:
    body = made(way, more='int is_(int x) { return gotoblas_corename()[0] == "PNSHZ"[x]; }\n')
    path = written(tmp_path, cut(body, "x86-64-v3", imported=ALL | {"is_"}))
    for kind in KINDS:
        assert answer(path, "is_", 3, **{CHOICE: kind}) == "1", "it begins with H"


@pytest.mark.parametrize("way", WAYS)
def test_all_kernels_stay_where_no_level_is_named(way: str, tmp_path: Path) -> None:
    found = gone(made(way))
    assert (found.kernels, found.gone, found.patches) == (tuple(kind.lower() for kind in KINDS), (), {})
    path = written(tmp_path, cut(made(way), imported=ALL - {"scale_"}))
    for kind in KINDS:
        assert answer(path, "dot_", 1, **{CHOICE: kind}) == answers(KINDS, kind)[0]


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        ("x86-64-v1", "prescott"),
        ("x86-64-v2", "nehalem"),
        ("x86-64-v3", "haswell"),
        ("x86-64-v4", "skylakex"),
        ("x86-64-v3 x86-64-v4", "haswell skylakex"),
        ("x86-64-v1 x86-64-v2 x86-64-v3 x86-64-v4", "prescott nehalem haswell skylakex"),
        ("x86-64-v4 x86-64-v4", "skylakex"),
    ],
)
def test_for_each_level_its_best_kind_stays(levels: str, kept: str) -> None:
    found = gone(made("by slots"), *levels.split())
    assert " ".join(found.kernels) == kept
    assert {*found.kernels, *found.gone} == {kind.lower() for kind in KINDS}


def test_a_level_that_the_build_has_no_kind_for_takes_the_next_lower_one() -> None:
    body = openblas(("PRESCOTT", "HASWELL"))
    assert gone(body, "x86-64-v4").kernels == gone(body, "x86-64-v3").kernels == ("haswell",)
    assert gone(body, "x86-64-v2").kernels == ("prescott",)


def test_a_level_below_all_kinds_leaves_them() -> None:
    body = openblas(("HASWELL", "SKYLAKEX"))
    assert gone(body, "x86-64-v2").gone == ()
    assert gone(body, "x86-64-v2", "x86-64-v4").gone == ()


@pytest.mark.parametrize("way", ["by slots", "by address"])
def test_kinds_of_another_maker_take_what_they_can_run(way: str, tmp_path: Path) -> None:
    """A ZEN has all of HASWELL; of a BULLDOZER nothing is known but that it was asked for these levels."""
    path = written(tmp_path, cut(made(way, FULL), "x86-64-v2", "x86-64-v3"))
    for kind, taken in {"ZEN": "HASWELL", "BULLDOZER": "NEHALEM", "PRESCOTT": "NEHALEM", "SKYLAKEX": "HASWELL"}.items():
        assert asked(path, kind) == answers(FULL, taken)


def test_what_goes_is_larger_with_levels_and_with_fewer_imports() -> None:
    body = made("by slots")
    sizes = [
        len(cut(body, "x86-64-v3", imported=frozenset(("solve_",)))),
        len(cut(body, "x86-64-v3")),
        len(cut(body, "x86-64-v3", "x86-64-v4")),
        len(cut(body, "x86-64-v2", "x86-64-v3", "x86-64-v4")),
        len(body),
    ]
    assert sizes == sorted(sizes)
    assert sizes[1] < sizes[-1] - 4 * 3 * 3 * 4096


def test_what_nothing_imports_goes_by_name(tmp_path: Path) -> None:
    found = gone(made("by slots"), imported=frozenset(("solve_",)))
    assert {"dot_", "scale_", "unroll_", "both_"} <= found.names
    path = written(tmp_path, cut(made("by slots"), imported=frozenset(("solve_",))))
    assert answer(path, "solve_", 5) == "4"
    assert "undefined symbol: dot_" in answer(path, "dot_", 5)


def test_a_routine_that_another_calls_stays() -> None:
    assert not {"solve_", "dot_"} & gone(made("by slots"), imported=frozenset(("both_",))).names


def test_what_programs_look_up_by_name_stays(tmp_path: Path) -> None:
    """threadpoolctl asks for threads and the kind by dlsym."""
    path = written(tmp_path, cut(made("by slots"), "x86-64-v3"))
    assert answer(path, "scipy_openblas_get_num_threads64_") == "1"
    config = gone(made("by slots"), "x86-64-v3").names
    assert not any(re.search("openblas|gotoblas", name) for name in config)


def test_a_library_that_nothing_imports_from_is_left() -> None:
    """Who looks its routines up by name at run time is out of sight."""
    for imported in (frozenset[str](), frozenset(("malloc", "dgemm_")), frozenset(("scipy_openblas_get_config64_",))):
        with pytest.raises(Corrupt, match="nothing here imports"):
            gone(made("by slots"), imported=imported)


def test_a_table_that_another_library_imports_stays() -> None:
    left = gone(made("by slots"), "x86-64-v3", imported=ALL | {"gotoblas_NEHALEM"})
    assert "nehalem" in left.kernels
    assert "prescott" in left.gone
    assert "nehalem" in gone(made("by slots"), "x86-64-v3").gone


@pytest.mark.parametrize(
    "more",
    [
        "int extra_(int x) { return gotoblas_NEHALEM.number + x; }",
        "int extra_(int x) { return gotoblas_NEHALEM.dot(x); }",
        "table_t *spare = &gotoblas_NEHALEM; int extra_(int x) { return spare->dot(x); }",
        '__attribute__((section("listed"))) table_t *spare = &gotoblas_NEHALEM;\n'
        "int extra_(int x) { return spare->dot(x); }",
    ],
)
def test_a_table_that_is_used_in_another_way_than_by_being_chosen_stays(more: str, tmp_path: Path) -> None:
    body, imported = made("by address", more=more), ALL | {"extra_"}
    left = gone(body, "x86-64-v3", imported=imported)
    assert left.kernels == ("nehalem", "haswell")
    assert "skylakex" in left.gone
    original = written(tmp_path, body)
    before = answer(original, "extra_", 5)
    assert answer(written(tmp_path, cut(body, "x86-64-v3", imported=imported)), "extra_", 5) == before


def test_a_build_that_chooses_nowhere_is_left() -> None:
    body = compiled(
        "typedef struct { int (*dot)(int); } table_t;\nstatic int one(int x) { return x; }\n"
        "table_t gotoblas_NEHALEM = {one}, gotoblas_HASWELL = {one};\n"
        'char *openblas_get_config(void) { return ""; }\nint dot_(int x) { return x; }\n'
    )
    with pytest.raises(Corrupt, match="nothing is found that chooses"):
        gone(body, "x86-64-v3", imported=frozenset(("dot_",)))


def test_a_build_for_one_processor_loses_routines_alone() -> None:
    body = openblas(("HASWELL",))
    assert gone(body, "x86-64-v3").gone == ()
    assert gone(body, "x86-64-v3", imported=frozenset(("solve_",))).functions


def test_other_libraries_are_no_builds() -> None:
    with pytest.raises(Corrupt, match="no build of OpenBLAS"):
        build_of(image_of(compiled("int dot_(int x) { return x; }\n")))
    with pytest.raises(Corrupt, match="stripped"):
        build_of(image_of(openblas(flags=("-s",))))


def test_one_that_has_the_table_of_another_file_keeps_its_own(tmp_path: Path) -> None:
    """What an object that is exported holds stays: a program has a copy of it under the same name."""
    more = "HIDDEN int held(int x) { PAGES; return x; }\nint (*const shown_table[3])(int) = {held, held};\n"
    body = made("by slots", more=more)
    starts = {start for start, _ in gone(body, "x86-64-v3").stretches}
    held = next(one.value for one in image_of(body).local_symbols if one.name == "held")
    assert held not in starts
    assert asked(written(tmp_path, cut(body, "x86-64-v3")), "HASWELL") == answers(KINDS, "HASWELL")


def test_the_same_is_asked_and_the_same_is_said() -> None:
    assert gone(made("by slots"), "x86-64-v3") == gone(made("by slots"), "x86-64-v3")
