from __future__ import annotations

import pytest

from builders.evidence import found, lines, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.examples import EVIDENCE


@pytest.mark.parametrize(
    "page",
    [
        "Text\n\n```python\nimport a\n```\n",
        "Text\n\n~~~~ py\nimport a\n~~~~\n",
        "1. Text\n\n   ```{code-block} python\n   x = 1\n   ```\n\n   ```py\n   import a\n   ```\n",
        "```pycon\n>>> import a\n>>> a.b(\n... )\n```\n",
    ],
)
def test_finds_the_imports_of_fenced_code(page: str) -> None:
    assert subjects(EVIDENCE, project_of({"README.md": page})) == {"a"}


@pytest.mark.parametrize(
    "page",
    [
        "Text::\n\n    import no\n\n.. code-block:: python\n   :linenos:\n\n   import a\n   x = 1\n\nText\n",
        ".. code:: python3\n\n  import a\n",
        "Text\n\n    >>> import a\n    >>> a.b()\n    1\n",
    ],
)
def test_finds_the_imports_of_code_blocks(page: str) -> None:
    assert subjects(EVIDENCE, project_of({"docs/index.rst": page})) == {"a"}


def test_finds_doctests_of_docstrings() -> None:
    text = 'def f():\n    """Gives one.\n\n    >>> from a import b\n    >>> b()\n    """\n'
    project = project_of({"app/a.py": text})
    (use,) = found(EVIDENCE, project)
    assert (use.module, use.role, use.strength, use.place.line) == ("a.b", Role.DOCUMENTATION, Strength.HINT, 4)


def test_finds_the_line_of_the_page() -> None:
    assert lines(EVIDENCE, project_of({"README.md": "a\n\n```python\n\nimport a\n```\n"})) == {"a": 5}


@pytest.mark.parametrize(
    "page",
    ["```sh\nimport a\n```\n", "```python\nimport a\nfor x in\n```\n", "import a\n", "```js\nimport a\n```\n"],
)
def test_leaves_what_is_no_python(page: str) -> None:
    assert not found(EVIDENCE, project_of({"README.md": page}))
