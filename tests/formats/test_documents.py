"""JSON documents and their fields: right, missing, and of another kind."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.formats.documents import any_case, checked, document, parsed, section, sections, text, texts

Reader = Callable[[dict[str, object], str, str], object]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
READERS: list[tuple[Reader, object]] = [(text, ""), (section, {}), (texts, ()), (sections, ())]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=JSON)
def test_a_document_says_what_the_standard_library_says(value: object) -> None:
    assert parsed(json.dumps(value).encode(), "made") == value
    assert parsed(json.dumps(value, ensure_ascii=False, indent=2).encode(), "made") == value


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'a': 1}", b'{"a": 1} x', b'"\xff"', b"[" * 100_000, b"nul", b"{\x00}", b"\x1f\x8b\x08"]
)
def test_what_is_no_json_is_corrupt_and_names_where(body: bytes) -> None:
    with pytest.raises(Corrupt, match="no JSON") as refused:
        parsed(body, "index.json")
    assert refused.value.where == "index.json"


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"'])
def test_a_document_is_an_object(body: bytes) -> None:
    assert document(b'{"a": [1]}', "made") == {"a": [1]}
    with pytest.raises(Corrupt, match="a dict is missing"):
        document(body, "made")


def test_true_is_no_number() -> None:
    assert checked(1, int, "made") == 1
    with pytest.raises(Corrupt, match="a int is missing: there is 'True'"):
        checked(True, int, "made")


@pytest.mark.parametrize(("read", "nothing"), READERS)
@pytest.mark.parametrize("there", [{}, {"key": None}])
def test_a_field_that_is_missing_or_null_is_empty(read: Reader, nothing: object, there: dict[str, object]) -> None:
    assert read(there, "key", "made") == nothing


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (text, 1),
        (text, ["a"]),
        (section, "a"),
        (section, [{}]),
        (texts, "abc"),
        (texts, ["a", 1]),
        (texts, {"a": "b"}),
        (texts, [None]),
        (sections, {"a": {}}),
        (sections, ["a"]),
        (sections, [{}, None]),
    ],
)
def test_a_field_of_another_kind_is_corrupt_and_named(read: Reader, value: object) -> None:
    with pytest.raises(Corrupt, match="is missing: there is") as refused:
        read({"key": value}, "key", "index.json")
    assert refused.value.where == "index.json: key"


def test_fields_come_back_as_they_stand() -> None:
    found: dict[str, object] = {"t": "é", "s": {"a": 1}, "ts": ["a", ""], "ss": [{"a": 1}, {}]}
    assert text(found, "t", "made") == "é"
    assert section(found, "s", "made") == {"a": 1}
    assert texts(found, "ts", "made") == ("a", "")
    assert sections(found, "ss", "made") == ({"a": 1}, {})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(keys=st.dictionaries(st.sampled_from(["Config", "RepoTags", "Layers"]), st.integers(), max_size=3))
def test_keys_are_found_in_any_case(keys: dict[str, object]) -> None:
    for spelled in (str.upper, str.lower, str.title):
        assert any_case({spelled(key): value for key, value in keys.items()}) == any_case(keys)
    assert set(any_case(keys)) == {key.lower() for key in keys}
