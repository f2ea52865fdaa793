"""What a run loaded only because it is there: imports under conditions at the top of modules that were imported."""

from __future__ import annotations

import pytest

from builders.scenes import distribution_files, scene_of
from builders.sites import SITE
from deadweight.core.trace import Touch, Trace, Use
from deadweight.facts.chance_imports import CHANCE_IMPORTS
from deadweight.facts.run_files import RUN_FILES
from deadweight.facts.trace import TRACE

LIBRARY, OTHER = f"{SITE}/library-1.0.dist-info", f"{SITE}/other-1.0.dist-info"


def imports(source: bytes, *opened: str, compiled: bool = False) -> tuple[bool, bool]:
    """Whether the library imports the other without condition, and whether it takes it where it is there."""
    cache = {"library/__pycache__/part.cpython-311.pyc": b"x"} if compiled else {}
    files = {"library/__init__.py": b"", "library/part.py": source, **cache}
    scene = scene_of(
        {
            **distribution_files(SITE, "library", files=files),
            **distribution_files(SITE, "other", files={"other/__init__.py": b""}),
        }
    )
    touches = tuple(Touch(f"{SITE}/library/{name}", {Use.OPENED: 1}) for name in opened or ("part.py",))
    scene.learn(TRACE, Trace(scene.artifact.digest, "python app.py", touches))
    found = scene.ask(CHANCE_IMPORTS)
    return OTHER in found.hard.get(LIBRARY, ()), OTHER in found.chance.get(LIBRARY, ())


@pytest.mark.parametrize(
    ("source", "hard", "chance"),
    [
        (b"import other\n", True, False),
        (b"from other.deep import name\n", True, False),
        (b"try:\n    import other\nexcept ImportError:\n    other = None\n", False, True),
        (b"if is_there('other'):\n    from other import name\n", False, True),
        (b"if x:\n    if y:\n        import other\n", False, True),
        (b"if x:\n    pass\nelse:\n    import other\n", False, True),
        (b"try:\n    import other\nfinally:\n    pass\n", False, False),
        (b"def f():\n    import other\n", False, False),
        (b"if x:\n    def f():\n        import other\n", False, False),
        (b"import other\ntry:\n    import other.more\nexcept ImportError:\n    pass\n", True, True),
        (b"if x:\n    import other\nmatch broken syntax\n", False, False),
        (b"from .other import name\n", False, False),
    ],
)
def test_conditions_at_the_top_are_chance_and_functions_are_not(source: bytes, hard: bool, chance: bool) -> None:
    assert imports(source) == (hard, chance)


def test_a_source_that_was_only_read_as_text_imports_nothing() -> None:
    assert imports(b"import other\n", "part.py", compiled=True) == (False, False)
    assert imports(b"import other\n", "__pycache__/part.cpython-311.pyc", compiled=True) == (True, False)
    assert imports(b"import other\n", "part.py", compiled=False) == (True, False)


def test_what_was_only_looked_for_did_not_run() -> None:
    scene = scene_of({"a.py": b"", "b.py": b"", "__pycache__/c.cpython-311.pyc": b"", "lib.so": b""})
    assert scene.ask(RUN_FILES) == frozenset()
    touches = (
        Touch("a.py", {Use.STATED: 3}),
        Touch("b.py", {Use.OPENED: 1}),
        Touch("__pycache__/c.cpython-311.pyc", {Use.OPENED: 1}),
        Touch("lib.so", {Use.MAPPED: 1}),
    )
    scene = scene_of({"a.py": b""})
    scene.learn(TRACE, Trace(scene.artifact.digest, "python b.py", touches))
    assert scene.ask(RUN_FILES) == {"b.py", "__pycache__/c.cpython-311.pyc", "c.py", "lib.so"}
