from __future__ import annotations

from builders.evidence import found, lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.dockerfiles import EVIDENCE

SERVICE = """\
FROM python:3.12 AS builder
RUN pip install --no-cache-dir -r requirements.txt && cythonize -i fast.pyx

FROM builder AS test
RUN pytest -q --cov=app

FROM builder AS docs
RUN mkdocs build

FROM python:3.12-slim AS final
COPY --from=builder /venv /venv
RUN python -m spacy download en_core_web_sm
HEALTHCHECK CMD ["python", "-m", "grpc_health", "--check"]
ENTRYPOINT ["tini", "--"]
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0"]
"""


def test_finds_what_the_image_starts() -> None:
    project = project_of({"Dockerfile": SERVICE})
    needed = subjects(EVIDENCE, project, Strength.NEEDED)
    assert {"uvicorn", "app.main", "grpc_health"} <= needed
    assert lines(EVIDENCE, project)["uvicorn"] == 15


def test_finds_what_a_stage_is_for_by_its_name() -> None:
    told = roles(EVIDENCE, project_of({"Dockerfile": SERVICE}))
    assert told["cythonize"] is Role.BUILD
    assert told["pytest"] is told["pytest-cov"] is Role.TEST
    assert told["mkdocs"] is Role.DOCUMENTATION
    assert told["spacy"] is told["uvicorn"] is Role.CORE


def test_finds_the_shell_form_and_what_a_shell_is_handed() -> None:
    project = project_of(
        {
            "Dockerfile": 'FROM x\nCMD ["sh", "-c", "alembic upgrade head && exec gunicorn app:app"]\n',
            "worker.Dockerfile": "FROM x\nENTRYPOINT exec celery \\\n  -A app worker -P gevent\n",
            "Dockerfile.test": "FROM x\nCMD pytest\n",
        }
    )
    assert {"alembic", "gunicorn", "celery", "gevent"} <= subjects(EVIDENCE, project)
    assert roles(EVIDENCE, project)["pytest"] is Role.TEST


def test_finds_the_last_stage_whatever_it_is_called() -> None:
    project = project_of({"Dockerfile": "FROM x AS build\nCMD gunicorn app:app\n"})
    assert roles(EVIDENCE, project)["gunicorn"] is Role.CORE


def test_leaves_what_the_file_installs_by_name_as_a_hint() -> None:
    text = "FROM x\nRUN pip install 'gunicorn==23.0' uvicorn[standard]\nCMD gunicorn app:app\n"
    use = next(use for use in found(EVIDENCE, project_of({"Dockerfile": text})) if use.command == "gunicorn")
    assert use.strength is Strength.HINT


def test_leaves_what_is_no_program_of_python() -> None:
    text = "FROM x\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCMD ['a', b]\n"
    assert subjects(EVIDENCE, project_of({"Dockerfile": text, "docs/Dockerfile.md": ""})) == set()
