from __future__ import annotations

from deadweight.owners.control import paragraphs, relations


def test_each_paragraph_gives_its_fields_by_names_in_lower_case() -> None:
    found = list(paragraphs("Package: a\nVersion: 1\n\nPackage: b\n \t\n\nPackage: c"))
    assert [one["package"] for one in found] == ["a", "b", "c"]
    assert found[0]["version"] == "1"


def test_continued_lines_belong_to_the_field_above() -> None:
    (found,) = paragraphs("Depends: a,\n b\nDescription: x\n y: z\n")
    assert found == {"depends": "a,\nb", "description": "x\ny: z"}


def test_text_without_fields_gives_nothing() -> None:
    assert list(paragraphs("\n\nnothing here\n\n lost\n")) == []


def test_a_relation_is_its_alternatives_without_versions_architectures_and_profiles() -> None:
    stated = "a (>= 1.0) | b:any, c [amd64] <!nocheck>,\nd, "
    assert list(relations(stated)) == [("a", "b"), ("c",), ("d",)]
