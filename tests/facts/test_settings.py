from __future__ import annotations

from builders.evidence import project_of
from deadweight.facts.settings import Setting, settings


def read(path: str, text: str) -> list[tuple[str, str, int]]:
    return [(one.spot, one.value, one.line) for one in settings(project_of({path: text}), path, "test")]


def test_each_form_gives_its_values_with_keys_and_lines() -> None:
    assert read("a.yml", "a:\n  b: [x, y]\n  c: |\n    one\n    two\n") == [
        ("a.b", "x", 2),
        ("a.b", "y", 2),
        ("a.c", "one\ntwo\n", 4),
    ]
    assert read("a.toml", "[a]\nb = 'x'\nc = ['y', 'x']\n") == [("a.b", "x", 2), ("a.c", "y", 3), ("a.c", "x", 3)]
    assert read("a.json", '{"a":\n {"b": "x"}}') == [("a.b", "x", 2)]
    assert read("a.ini", "[a]\nB = x\n[c]\nd =\n  y\n") == [("a.B", "x", 2), ("c.d", "\ny", 4)]
    assert read(".env", "export A=1\n# B=2\nC='x y'\n") == [("A", "1", 1), ("C", "x y", 3)]


def test_the_key_of_a_value_in_a_list_is_the_lists() -> None:
    assert Setting(("a", "b", "0"), "x").key == "b"
    assert Setting(("0",), "x").key == ""


def test_a_broken_file_is_a_gap_and_no_empty_set() -> None:
    for path, text in {"a.yml": "a: [", "a.toml": "a = ", "a.json": "{", "a.ini": "x = 1"}.items():
        project = project_of({path: text})
        assert settings(project, path, "test") == ()
        assert [(gap.stage, gap.where) for gap in project.gaps] == [("test", path)]


def test_aliases_cannot_blow_a_document_up() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert len(read("bomb.yml", "\n".join(lines))) == 2


def test_nothing_of_a_document_is_built() -> None:
    assert read("a.yml", "a: !!python/object/apply:os.system ['exit 1']\n") == [("a", "exit 1", 1)]
