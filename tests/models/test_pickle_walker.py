"""A pickle is walked: what it would call is said, and nothing is imported or called."""

from __future__ import annotations

import collections
import copyreg
import os
import pickle
import pickletools
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.models import Call, Name, Raw, assembled, opcodes, protocol_0
from deadweight.core.errors import Corrupt
from deadweight.models.pickles import walker
from deadweight.models.pickles.machine import Walked
from deadweight.models.pickles.opcodes import Blob
from deadweight.models.pickles.tree import leaves
from deadweight.models.pickles.values import Items, Made, Pairs
from deadweight.models.pickles.walker import walk
from deadweight.models.window import of_bytes


def walked(body: bytes) -> Walked:
    return walk(of_bytes(body, "test.pkl"))


def names(body: bytes) -> set[str]:
    return {code.name for code in walked(body).code}


def plain(value: object) -> object:
    """A walked value of plain containers as Python has it."""
    if isinstance(value, Pairs):
        return {plain(key): plain(one) for key, one in value.pairs}
    if isinstance(value, Items):
        return {plain(one) for one in value.items}
    if isinstance(value, Blob):
        return value.body
    if isinstance(value, Made):
        return frozenset(plain(value.given[0])) if value.given else value  # type: ignore[call-overload]
    return type(value)(map(plain, value)) if isinstance(value, (list, tuple)) else value


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.text()
    | some.binary(max_size=40),
    lambda inner: (
        some.lists(inner) | some.tuples(inner, inner) | some.dictionaries(some.text() | some.integers(), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(VALUES, some.sampled_from([3, 4, 5]))
def test_plain_values_come_out_as_pickle_loads_them_and_call_nothing(value: Any, protocol: int) -> None:  # noqa: ANN401
    found = walked(pickle.dumps(value, protocol))
    assert plain(found.value) == value
    assert not found.code


@pytest.mark.parametrize("protocol", [0, 1, 2])
def test_old_protocols_are_walked_too(protocol: int) -> None:
    value = {"a": [1, 2.5, None, True, (1, 2, 3, 4)], "b": {"c": -7, "d": 1 << 70}, "e": "ä\n"}
    assert plain(walked(pickle.dumps(value, protocol)).value) == value


def test_every_opcode_of_python_is_known() -> None:
    from deadweight.models.pickles import opcodes as ours

    known = {*ours._PLAIN, *ours._NUMBERS, *ours._LENGTHS, *ours._TEXTS, *ours._LONGS, *ours._LINES, *ours._TWO_LINES}
    known |= {b"J", b"G", b"U", b"\x95"}
    assert known == {opcode.code.encode("latin-1") for opcode in pickletools.opcodes}


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch /tmp/never",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_is_told_with_its_arguments_in_every_protocol(protocol: int) -> None:
    found = walked(pickle.dumps([1, {"deep": (Runs(),)}], protocol))
    assert "calls posix.system('touch /tmp/never')" in [code.shown for code in found.code]


def test_nothing_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_by_a_pickle.py").write_text("raise SystemExit(1)")
    monkeypatch.syspath_prepend(tmp_path)
    found = walked(b"cimported_by_a_pickle\nthing\n.")
    assert [code.shown for code in found.code] == ["imports imported_by_a_pickle.thing"]
    assert "imported_by_a_pickle" not in sys.modules


HOSTILE = {
    "protocol 0": (protocol_0("id"), "os.system"),
    "an instance": (b"(S'id'\nios\nsystem\n.", "os.system"),
    "an object": (b"(cos\nsystem\nS'id'\no.", "os.system"),
    "a name from the stack": (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", "os.system"),
    "a name from the memo": (b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x02id\x85R.", "os.system"),
    "a memo written over": (
        b"\x80\x04\x8c\x01xq\x00\x8c\x02osq\x000h\x00\x8c\x06system\x93\x8c\x02id\x85R.",
        "os.system",
    ),
    "a dotted name": (b"\x80\x04\x8c\x05torch\x8c\x08Size.mro\x93)R.", "torch.Size.mro"),
    "getattr": (b"cbuiltins\ngetattr\n(cos\nsystem\nS'x'\ntR.", "builtins.getattr"),
    "the old name of builtins": (b"c__builtin__\neval\n(S'1'\ntR.", "__builtin__.eval"),
    "an extension": (b"\x80\x02\x82\x07)R.", "copyreg.<extension 7>"),
    "a new object": (b"\x80\x02csubprocess\nPopen\n(]S'id'\natt\x81.".replace(b"att", b"at"), "subprocess.Popen"),
    "keywords": (b"\x80\x04\x8c\x0asubprocess\x8c\x05Popen\x93)}\x92.", "subprocess.Popen"),
    "a name whose module is made": (b"\x80\x04]\x8c\x06system\x93)R.", "<computed>.([], 'system')"),
    "a state set on what is imported": (b"cos\nenviron\n}b.", "os.environ"),
    "a call of what a call gave": (b"coperator\nattrgetter\n(S'system'\ntR(cos\nenviron\ntR.", "operator.attrgetter"),
    "torch that is not on the list": (b"ctorch\nhub\n.", "torch.hub"),
    "a storage class of elsewhere": (b"cevil\nFloatStorage\n.", "evil.FloatStorage"),
    "an object dropped at once": (b"cos\nsystem\n(S'id'\ntR0N.", "os.system"),
    "one under a mark": (b"(cos\nsystem\n(S'id'\ntR1N.", "os.system"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_code_is_told_on_every_way_that_leads_to_it(case: str) -> None:
    body, name = HOSTILE[case]
    assert name in names(body)


def test_a_pickle_within_a_pickle_is_walked() -> None:
    inner = pickle.dumps(Runs(), 4)
    outer = assembled(Call(Name("pickle", "loads"), (Raw(b"B" + len(inner).to_bytes(4, "little") + inner),)))
    assert names(outer) == {"pickle.loads", "posix.system"}


def test_bytes_that_only_start_as_a_pickle_are_told_where_they_are_given_to_a_call() -> None:
    outer = assembled(Call(Name("pickle", "loads"), (Raw(b"C\x05\x80\x04\xff\xff\xff"),)))
    assert "<nested>" in names(outer)


def test_what_tensors_are_rebuilt_with_is_no_code() -> None:
    body = assembled(Call(Name("collections", "OrderedDict"), ()))
    assert not walked(body).code
    assert not names(pickle.dumps(collections.OrderedDict(a=1), 2))


DAMAGED = {
    "empty": b"",
    "truncated": pickle.dumps(list(range(500)), 4)[:-9],
    "no stop": b"\x80\x04N",
    "an empty stack": b"\x80\x04.",
    "a memo that was never written": b"\x80\x04h\x05.",
    "a mark that is not there": b"\x80\x04Nt.",
    "no such opcode": b"\x80\x04\xfe.",
    "a length beyond the end": b"\x80\x04X\xff\xff\xff\x7fabc.",
    "a long length": b"\x80\x04\x8e" + (1 << 62).to_bytes(8, "little") + b".",
    "a line without an end": b"cos",
    "items for a number": b"\x80\x04K\x01(K\x02K\x03u.",
    "a mark for an object": b"\x80\x04((t(R.",
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_pickle_is_refused_with_the_place(case: str) -> None:
    with pytest.raises(Corrupt, match=r"test\.pkl"):
        walked(DAMAGED[case])


def test_a_pickle_that_breaks_after_its_code_ran_tells_of_the_code() -> None:
    with pytest.raises(Corrupt, match=r"before that it calls os\.system\('id'\)"):
        walked(protocol_0("id")[:-1] + b"\xfe")


@settings(max_examples=80, derandomize=True, deadline=None)
@given(some.binary(max_size=60))
def test_any_bytes_are_walked_or_refused(body: bytes) -> None:
    try:
        walked(body)
    except Corrupt:
        return


def test_a_list_named_a_billion_times_costs_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from deadweight.models.pickles import tree

    monkeypatch.setattr(tree, "MOST_LEAVES", 1000)
    doubled = b"\x80\x02]q\x00(NNe0"
    for level in range(30):
        doubled += b"]q" + bytes([level + 1]) + b"(h" + bytes([level]) + b"h" + bytes([level]) + b"e0"
    assert len(list(leaves(walked(doubled + b"h\x1e.").value, lambda _: None))) <= 1002


def test_what_lies_in_itself_is_passed_over() -> None:
    assert list(leaves(walked(b"\x80\x02]q\x00(h\x00N\x65.").value, lambda _: None)) == [((1,), None)]


def test_long_bytes_are_a_place_and_not_read() -> None:
    body = pickle.dumps(b"x" * 100_000, 4)
    value = walked(body).value
    assert isinstance(value, Blob)
    assert (value.length, value.body) == (100_000, b"")
    assert body[value.offset : value.offset + value.length] == b"x" * 100_000


def test_what_follows_the_end_is_told_by_where_it_starts() -> None:
    body = pickle.dumps(1, 2)
    assert walked(body + b"more").end == len(body)


def test_too_many_steps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walker, "MOST_STEPS", 10)
    with pytest.raises(Corrupt, match="opcodes"):
        walked(pickle.dumps(list(range(50)), 2))


def test_extensions_registered_here_are_not_looked_up() -> None:
    copyreg.add_extension("os", "system", 0x77)
    try:
        assert names(b"\x80\x02\x82\x77)R.") == {"copyreg.<extension 119>"}
    finally:
        copyreg.remove_extension("os", "system", 0x77)


def test_the_builder_makes_what_pickle_reads() -> None:
    assert pickle.loads(assembled({"a": [1, (2, "x")], "b": b"y"})) == {"a": [1, (2, "x")], "b": b"y"}
    assert opcodes(Name("a", "b")) == b"ca\nb\n"
