from __future__ import annotations

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.makefiles import EVIDENCE

TEXT = """\
PYTHON ?= python3
BIN := .venv/bin
SPHINX = $(BIN)/sphinx-build
.PHONY: test docs run

test: install
\t@$(PYTHON) -m pytest -n auto \\
\t    --timeout 60
docs:
\t-$(SPHINX) docs out
run:
\t$(BIN)/flask run
\tfor x in a b; do alembic $$x; done
quick: ; honcho start
"""


def test_finds_what_each_target_runs() -> None:
    project = project_of({"Makefile": TEXT})
    assert subjects(EVIDENCE, project) >= {"pytest", "pytest-xdist", "pytest-timeout", "sphinx-build", "flask"}
    assert subjects(EVIDENCE, project) >= {"alembic", "honcho"}
    assert lines(EVIDENCE, project)["flask"] == 12


def test_finds_what_a_target_is_for_by_its_name() -> None:
    told = roles(EVIDENCE, project_of({"Makefile": TEXT}))
    assert told["pytest"] is Role.TEST
    assert told["sphinx-build"] is Role.DOCUMENTATION
    assert told["flask"] is Role.CORE


def test_leaves_it_at_a_hint() -> None:
    project = project_of({"Makefile": TEXT})
    assert subjects(EVIDENCE, project, Strength.NEEDED, Strength.OPTIONAL) == set()


def test_leaves_variables_that_are_set_by_themselves_and_other_lines() -> None:
    text = "A = $(A) $(B)\nB = $(A)\nflask run\nx := gunicorn app\nall:\n\t$(A)\n\techo done\n"
    assert subjects(EVIDENCE, project_of({"Makefile": text})) == set()
