from __future__ import annotations

import pytest

from deadweight.core.usage import Strength
from deadweight.facts.command_uses import uses_of


def used(line: str) -> set[str]:
    return {f"{one.kind} {one.name}" for one in uses_of(line.split())}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("uvicorn app:app", {"command uvicorn", "module app"}),
        ("/venv/bin/uvicorn app.main:create --factory", {"command uvicorn", "module app.main"}),
        ("python -m uvicorn app:app", {"module uvicorn", "module app"}),
        ("python3.12 -u -W error -m celery -A app worker", {"module celery"}),
        ("python manage.py migrate", set()),
        ("python -c import(os)", set()),
        (
            "gunicorn -k uvicorn.workers.UvicornWorker app:app",
            {"command gunicorn", "module uvicorn.workers.UvicornWorker", "module app"},
        ),
        ("gunicorn --worker-class=gevent app:app", {"command gunicorn", "distribution gevent", "module app"}),
        ("celery -A proj worker -P eventlet", {"command celery", "distribution eventlet"}),
        ("celery beat -S django", {"command celery", "distribution django-celery-beat"}),
        ("celery --broker=redis flower", {"command celery", "distribution flower"}),
        (
            "uvicorn app:app --loop uvloop --http httptools",
            {"command uvicorn", "module app", "distribution uvloop", "distribution httptools"},
        ),
        ("ddtrace-run gunicorn app:app", {"command ddtrace-run", "command gunicorn", "module app"}),
        ("env A=1 B=2 celery status", {"command celery"}),
        ("A=1 exec tini -- gunicorn app:app", {"command gunicorn", "module app"}),
        ("timeout 30 alembic upgrade head", {"command alembic"}),
        ("gosu app:app hypercorn app:app", {"command hypercorn", "module app"}),
        (
            "poetry run pytest -n 4 --cov=app -p xdist.looponfail",
            {
                "command poetry",
                "command pytest",
                "distribution pytest-xdist",
                "distribution pytest-cov",
                "module xdist.looponfail",
            },
        ),
        ("coverage run --source app -m pytest -q", {"command coverage", "module pytest"}),
        ("uvx ruff check .", {"command uvx", "command ruff"}),
        ("cd /srv", set()),
        ("./run.sh", set()),
        ("jupyter lab --ip=0.0.0.0", {"command jupyter", "distribution jupyterlab"}),
        ("$(PYTHON) -m build", {"module build"}),
        ("streamlit run app.py", {"command streamlit"}),
        ("flask --app app.web:create run", {"command flask", "module app.web"}),
    ],
)
def test_the_words_of_a_command_tell_what_it_uses(line: str, wanted: set[str]) -> None:
    assert used(line) == wanted


def test_code_that_python_is_handed_uses_what_it_imports() -> None:
    found = [one.name for one in uses_of(["python", "-c", "import spacy; from nltk.corpus import words"])]
    assert found == ["spacy", "nltk.corpus"]


def test_what_sets_an_environment_up_and_what_comes_from_elsewhere_are_hints() -> None:
    lines = ("pip install x", "poetry install", "uvx ruff", "pipx run black .", "python -m build", "uv tool run mypy")
    assert {one.strength for line in lines for one in uses_of(line.split())} == {Strength.HINT}


def test_a_flag_that_a_program_can_do_without_is_optional() -> None:
    found = {one.name: one.strength for one in uses_of(["uvicorn", "app:app", "--reload"])}
    assert found["watchfiles"] is Strength.OPTIONAL


def test_words_without_end_end() -> None:
    assert len(list(uses_of(["env"] * 5000))) == 0
