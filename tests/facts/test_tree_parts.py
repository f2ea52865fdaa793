from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.tree_parts import lines_of, nodes_on

SOURCE = b"""import os
def far():
    return os.getcwd()

@known(load("a"))
def near(
    name,
    other=load("b"),
):
    with load(
        "c"
    ) as found:
        return [load(one) for one in found if far(load)]
class Kept:
    held = {"x": (lambda: load)()}
"""
LOAD = re.compile(rb"\bload\b")


def test_the_lines_of_a_word_are_counted_from_one() -> None:
    assert lines_of(SOURCE, LOAD) == (5, 8, 10, 13, 13, 15)
    assert lines_of(b"load", LOAD) == (1,)
    assert lines_of(b"\n\nunload", LOAD) == ()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_python_lets_them_end(end: bytes) -> None:
    body = SOURCE.replace(b"\n", end)
    walked = [node for node, _ in nodes_on(ast.parse(body), lines_of(body, LOAD)) if isinstance(node, ast.Name)]
    assert sum(node.id == "load" for node in walked) == 6


def test_every_node_of_the_word_is_found_with_the_functions_that_it_stands_in() -> None:
    tree = ast.parse(SOURCE)
    found = {id(node): scopes for node, scopes in nodes_on(tree, lines_of(SOURCE, LOAD))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "load":
            assert id(node) in found
            names = [getattr(scope, "name", "") for scope in found[id(node)]]
            assert names == (["", "near"] if node.lineno < 14 else [""])


def test_functions_that_stand_elsewhere_are_not_looked_into() -> None:
    tree = ast.parse(SOURCE)
    names = {getattr(node, "name", "") for node, _ in nodes_on(tree, lines_of(SOURCE, LOAD))}
    assert "near" in names
    assert "far" not in names
    assert list(nodes_on(tree, ())) == []


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(["x = 1", "load(x)", "def f(a=load):\n  load", "if x:\n  load\nelse:\n  y(z)", ""])))
def test_whatever_stands_around_no_use_is_missed(parts: list[str]) -> None:
    body = "\n".join(parts).encode()
    tree = ast.parse(body)
    walked = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "load"}
    assert walked <= {id(node) for node, _ in nodes_on(tree, lines_of(body, LOAD))}
