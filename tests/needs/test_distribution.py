"""A file of a distribution needs its metadata, and the metadata what it requires."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.needs.closure import CLOSURE
from deadweight.needs.distribution import NEED as DISTRIBUTION
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS
from deadweight.needs.requirements import NEED as REQUIREMENTS

FILES = {
    "app.py": b"import first\n",
    **distribution_files(SITE, "first", requires=["second", "third[extra]", "absent; sys_platform == 'win32'"]),
    **distribution_files(SITE, "second"),
    **distribution_files(SITE, "third", requires=["fourth; extra == 'extra'", "fifth; extra == 'other'"]),
    **distribution_files(SITE, "fourth"),
    **distribution_files(SITE, "fifth"),
    **distribution_files(SITE, "absent"),
}


def test_a_reached_module_reaches_the_metadata_of_its_distribution_and_all_files_of_it() -> None:
    found = reached(entered(FILES), [ENTRANCES, IMPORTS, DISTRIBUTION])
    info = f"{SITE}/first-1.0.dist-info"
    assert {info, f"{info}/METADATA", f"{info}/RECORD", f"{info}/WHEEL", f"{info}/INSTALLER"} <= set(found)
    assert not any("second" in path for path in found)


def test_metadata_reaches_what_it_requires_with_markers_and_extras_and_none_of_its_modules() -> None:
    found = set(reached(entered(FILES), [ENTRANCES, IMPORTS, DISTRIBUTION, REQUIREMENTS]))
    infos = {
        name
        for name in ("first", "second", "third", "fourth", "fifth", "absent")
        if f"{SITE}/{name}-1.0.dist-info" in found
    }
    assert infos == {"first", "second", "third", "fourth"}
    assert f"{SITE}/second/__init__.py" not in found


@pytest.mark.parametrize(
    ("name", "text", "reached_too"),
    [
        ("requirements.txt", b"third[other]==1.0\n", True),
        ("pyproject.toml", b'[project]\ndependencies = ["Third [ Other ]>=1"]\n', True),
        ("requirements/web.txt", b"third[extra, other]\n", True),
        ("requirements.txt", b"third\n", False),
        ("notes.txt", b"third[other]\n", False),
    ],
)
def test_an_extra_that_the_application_asks_for_counts(name: str, text: bytes, reached_too: bool) -> None:
    closure = entered({**FILES, name: text}).ask(CLOSURE)
    assert (f"{SITE}/fifth-1.0.dist-info" in closure) is reached_too


def test_the_chain_goes_from_the_way_in_to_the_metadata() -> None:
    closure = entered(FILES).ask(CLOSURE)
    steps = closure.chain(f"{SITE}/fourth-1.0.dist-info")
    assert [step.need for step in steps] == ["entrances", "imports", "distribution", "requirements", "requirements"]
    assert steps[-1].says == 'requires fourth; extra == "extra" for its extra extra'
