from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.constant_texts import ANYTHING, UNKNOWN, ConstantTexts


def texts(text: str, **known: str) -> set[str]:
    """What the argument of the last call of `f` in the text can be; UNKNOWN is shown as a question mark."""
    tree = ast.parse(textwrap.dedent(text))
    calls = list(_calls(tree, (tree,)))
    call, scopes = calls[-1]
    found = ConstantTexts(scopes, {name: frozenset(value.split()) for name, value in known.items()}).of(call.args[0])
    return {one.replace(UNKNOWN, "?") for one in found}


def _calls(node: ast.AST, scopes: tuple[ast.AST, ...]) -> list[tuple[ast.Call, tuple[ast.AST, ...]]]:
    found: list[tuple[ast.Call, tuple[ast.AST, ...]]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "f":
            found.append((child, scopes))
        inner = (*scopes, child) if isinstance(child, ast.FunctionDef | ast.ClassDef) else scopes
        found += _calls(child, inner)
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a'", {"a"}),
        ("'a' 'b'", {"ab"}),
        ("'a' + '.b'", {"a.b"}),
        ("'a.%s' % 'b'", {"a.b"}),
        ("'%s.%s' % ('a', 'b')", {"a.b"}),
        ("'a.{}'.format('b')", {"a.b"}),
        ("'.'.join(['a', 'b'])", {"a.b"}),
        ("f'a.{\"b\"}'", {"a.b"}),
        ("f'a.{unknown}'", {"a.?"}),
        ("'a' if x else 'b'", {"a", "b"}),
        ("x or 'b'", {"?", "b"}),
        ("' a '.strip().lower()", {" a "}),
        ("'a-b'.replace('-', '_')", {"a_b"}),
        ("(name := 'a')", {"a"}),
        ("{'x': 'a', 'y': 'b'}['y']", {"b"}),
        ("{'x': 'a', 'y': 'b'}[key]", {"a", "b"}),
        ("{'x': 'a'}.get(key, 'b')", {"a", "b"}),
        ("['a', 'b'][1]", {"b"}),
        ("['a', 'b'][i]", {"a", "b"}),
        ("f'{__name__}.sub'", {"..sub"}),
        ("unknown", {"?"}),
        ("unknown()", {"?"}),
        ("1", {"?"}),
    ],
)
def test_an_expression_is_read(expression: str, expected: set[str]) -> None:
    assert texts(f"f({expression})") == expected


def test_a_name_is_followed_to_where_it_is_bound() -> None:
    assert texts("A = 'a'\nB = A + '.b'\ndef g():\n    f(B)\n") == {"a.b"}
    assert texts("def g():\n    if x:\n        n = 'a'\n    else:\n        n = 'b'\n    f(n)\n") == {"a", "b"}
    assert texts("n: str = 'a'\nf(n)\n") == {"a"}


def test_the_innermost_scope_that_binds_a_name_counts() -> None:
    assert texts("n = 'outer'\ndef g():\n    n = 'inner'\n    f(n)\n") == {"inner"}
    assert texts("n = 'outer'\ndef g():\n    def h():\n        n = 'other'\n    f(n)\n") == {"outer"}


def test_loops_give_the_items_of_what_is_written_out() -> None:
    assert texts("for n in ['a', 'b']:\n    f(n)\n") == {"a", "b"}
    assert texts("NAMES = ('a',) + ('b',)\nfor n in NAMES:\n    f(n)\n") == {"a", "b"}
    assert texts("for n in sorted({'a', 'b'}):\n    f(n)\n") == {"a", "b"}
    assert texts("[f(n) for n in ('a', 'b')]\n") == {"a", "b"}


def test_loops_over_pairs_give_the_part_at_its_position() -> None:
    assert texts("for n, m in [('a', 'b'), ('c', 'd')]:\n    f(m)\n") == {"b", "d"}
    assert texts("for (n, (m, k)) in [('a', ('b', 'c'))]:\n    f(k)\n") == {"c"}


def test_loops_over_dictionaries_give_keys_values_or_both() -> None:
    made = "D = {'k': 'v', 'l': 'w'}\n"
    assert texts(made + "for n in D:\n    f(n)\n") == {"k", "l"}
    assert texts(made + "for n in D.values():\n    f(n)\n") == {"v", "w"}
    assert texts(made + "for n, m in D.items():\n    f(m)\n") == {"v", "w"}


def test_callers_in_the_same_source_say_what_a_parameter_is() -> None:
    assert texts("_g('a')\n_g(name='b')\ndef _g(name):\n    f(name)\n") == {"a", "b"}
    assert texts("g('a')\ndef g(name):\n    f(name)\n") == {"a", "?"}
    assert texts("class C:\n    def _g(self, name):\n        f(name)\n    def h(self):\n        self._g('a')\n") == {
        "a"
    }


def test_callers_that_hand_on_their_own_parameter_end_in_what_is_not_known() -> None:
    ring = [(number, (number + 1) % 9, (number + 2) % 9) for number in range(9)]
    text = "".join(f"def _g{one}(name):\n    _g{two}(name)\n    _g{three}(name)\n" for one, two, three in ring)
    assert texts(text + "def _h(name):\n    f(name)\n_h(_g1)\n_g3('a')\n") == {"?"}
    assert texts("NAME = 'a'\n_g(NAME)\ndef _g(name):\n    f(name)\n") == {"a"}
    assert texts("_g(['a', 'b'])\ndef _g(names):\n    for name in names:\n        f(name)\n") == {"a", "b"}


def test_attributes_are_followed_in_their_own_classes() -> None:
    assert texts("class C:\n    module = 'a'\n    def g(self):\n        f(self.module)\n") == {"a"}
    assert texts("class C:\n    def __init__(self):\n        self.m = 'a'\n    def g(self):\n        f(self.m)\n") == {
        "a"
    }
    assert texts("def g(other):\n    f(other.m)\n") == {"?"}


@pytest.mark.parametrize(
    "way", ["os.environ['X']", "os.environ.get('X')", "os.getenv('X')", "getenv('X')", "environ['X']"]
)
def test_an_environment_variable_is_what_a_file_of_the_project_sets(way: str) -> None:
    assert texts(f"f({way})", X="a b") == {"a", "b"}
    assert texts(f"f({way})") == {"?"}


def test_the_default_of_an_environment_variable_counts_too() -> None:
    assert texts("f(os.environ.get('X', 'd'))", X="a") == {"a", "d"}
    assert texts("f(os.getenv('X', 'd'))") == {"d"}


def test_what_goes_around_in_circles_is_unknown() -> None:
    assert texts("a = b\nb = a\nf(a)\n") == {"?"}
    assert texts("n = 'a'\nn = n + '.b'\nf(n)\n") >= {"?"}
    assert texts("D = D\nfor n in D:\n    f(n)\n") == {"?"}


def test_too_many_texts_are_unknown() -> None:
    many = ", ".join(f"'{number}'" for number in range(30))
    assert texts(f"A = [{many}]\nfor a in A:\n    for b in A:\n        f(a + b)\n") == {"?"}


SUMS = st.recursive(
    st.text("ab.", max_size=4).map(repr),
    lambda inner: st.tuples(inner, inner).map(lambda two: f"({two[0]} + {two[1]})"),
    max_leaves=6,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(SUMS)
def test_what_is_all_constant_is_what_python_makes_of_it(expression: str) -> None:
    assert texts(f"f({expression})") == {eval(expression)}


def test_anything_is_one_unknown_text() -> None:
    assert {UNKNOWN} == ANYTHING


def test_names_that_are_bound_many_times_by_one_another_are_followed_for_so_long() -> None:
    bound = "\n".join(f"    {one} = {two} + '{one}{two}'" for one in "abcdefgh" for two in "abcdefgh")
    assert any("?" in text for text in texts(f"def run():\n    a = 'x'\n{bound}\n    f(a)\n"))
