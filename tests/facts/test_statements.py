from __future__ import annotations

import ast
import textwrap

import pytest

from deadweight.facts.statements import Context, expressions, statements


def contexts(text: str) -> dict[str, Context]:
    """The context of each import, by the module's name."""
    tree = ast.parse(textwrap.dedent(text))
    return {node.names[0].name: context for node, context in statements(tree) if isinstance(node, ast.Import)}


@pytest.mark.parametrize(
    "condition",
    ["TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING", "TC", "TYPE_CHECKING and x", "not (not TYPE_CHECKING)",
     "False", "0", "MYPY"],
)  # fmt: skip
def test_what_only_a_type_checker_reads_is_for_typing(condition: str) -> None:
    found = contexts(f"from typing import TYPE_CHECKING as TC\nif {condition}:\n    import a\nelse:\n    import b\n")
    assert found["a"].is_typing
    assert not found["b"].is_typing


@pytest.mark.parametrize("condition", ["not TYPE_CHECKING", "not typing.TYPE_CHECKING", "not TYPE_CHECKING or x"])
def test_what_a_type_checker_does_not_read_is_behind_the_other_branch(condition: str) -> None:
    found = contexts(f"if {condition}:\n    import a\nelse:\n    import b\n")
    assert not found["a"].is_typing
    assert found["b"].is_typing


def test_a_condition_that_may_hold_at_run_time_is_not_for_typing() -> None:
    assert not contexts("if TYPE_CHECKING or DEBUG:\n    import a\n")["a"].is_typing
    assert not contexts("if DEBUG:\n    import a\n")["a"].is_typing
    assert not contexts("if None:\n    import a\n")["a"].is_typing


@pytest.mark.parametrize(
    "caught",
    ["ImportError", "ModuleNotFoundError", "(ValueError, ImportError)", "Exception", "b.ImportError", ""],
)
def test_an_import_whose_failure_is_caught_is_optional(caught: str) -> None:
    text = f"try:\n    import a\nexcept {caught}:\n    import b\nelse:\n    import c\nfinally:\n    import d\n"
    found = contexts(text)
    assert [name for name in "abcd" if found[name].is_optional] == ["a", "b", "c"]


def test_an_import_beside_another_failure_is_needed() -> None:
    found = contexts("try:\n    import a\nexcept ValueError:\n    import b\n")
    assert not found["a"].is_optional
    assert not found["b"].is_optional


def test_an_import_whose_failure_is_suppressed_is_optional() -> None:
    text = """
        import contextlib
        with contextlib.suppress(ImportError):
            import a
        with suppress(OSError), suppress(ModuleNotFoundError):
            import b
        with open("x"):
            import c
        async def f():
            async with lock:
                import d
    """
    found = contexts(text)
    assert [name for name in "abcd" if found[name].is_optional] == ["a", "b"]


@pytest.mark.parametrize(
    "condition",
    ["sys.version_info >= (3, 11)", "sys.platform == 'win32'", "os.name == 'nt'", "PY3", "HAS_TORCH",
     "is_torch_available()", "importlib.util.find_spec('a')", "'a' in sys.modules", "platform.system() == 'Linux'"],
)  # fmt: skip
def test_an_import_that_depends_on_the_system_is_optional_on_both_branches(condition: str) -> None:
    found = contexts(f"if {condition}:\n    import a\nelse:\n    import b\n")
    assert found["a"].is_optional
    assert found["b"].is_optional


def test_what_stands_in_a_function_is_deferred_and_in_a_class_is_not() -> None:
    text = """
        import a
        class C:
            import b
            def f(self):
                import c
                while True:
                    import d
        match x:
            case 1:
                import e
        for _ in y:
            import f
    """
    found = contexts(text)
    assert [name for name in "abcdef" if found[name].is_deferred] == ["c", "d"]
    assert set(found) == set("abcdef")


def test_a_guard_holds_for_all_that_stands_in_it() -> None:
    found = contexts("try:\n    if x:\n        for y in z:\n            import a\nexcept ImportError:\n    pass\n")
    assert found["a"].is_optional


def test_statements_come_in_the_order_of_the_source() -> None:
    tree = ast.parse("if a:\n    b\n    c\nelse:\n    d\ntry:\n    e\nexcept f:\n    g\nh\n")
    lines = [node.lineno for node, _ in statements(tree)]
    assert lines == sorted(lines)


def test_the_expressions_of_a_statement_are_not_those_of_the_statements_in_it() -> None:
    (loop,) = ast.parse("for x in f(1):\n    g(2)\n").body
    names = {node.id for node in expressions(loop) if isinstance(node, ast.Name)}
    assert names == {"x", "f"}


def test_the_expressions_of_a_function_are_its_decorators_and_defaults() -> None:
    (function,) = ast.parse("@d(1)\ndef f(a=b):\n    c()\n").body
    assert {node.id for node in expressions(function) if isinstance(node, ast.Name)} == {"d", "b"}


def test_a_source_of_a_thousand_nested_conditions_is_walked() -> None:
    text = "".join(f"{' ' * depth}if x:\n" for depth in range(80)) + " " * 80 + "import a\n"
    assert "a" in contexts(text)
