from __future__ import annotations

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.compose_files import EVIDENCE

COMPOSE = """\
x-app: &app
  build: .
services:
  web:
    <<: *app
    build: .
    command: gunicorn -k uvicorn.workers.UvicornWorker app:app
    healthcheck:
      test: ["CMD-SHELL", "httpx http://localhost || exit 1"]
  worker:
    build: {context: .}
    entrypoint: ["tini", "--"]
    command: [celery, -A, app, worker, --pool, eventlet]
  tests:
    build: .
    command: pytest -n 2
  db:
    image: postgres
    command: postgres -c max_connections=200
"""
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: web
          image: shop
          command: [hypercorn]
          args: [app:app]
"""


def test_finds_what_the_services_of_the_project_run() -> None:
    project = project_of({"docker-compose.yml": COMPOSE})
    needed = subjects(EVIDENCE, project, Strength.NEEDED)
    assert {"gunicorn", "uvicorn.workers.UvicornWorker", "httpx", "celery", "eventlet"} <= needed
    assert lines(EVIDENCE, project)["gunicorn"] == 7
    assert roles(EVIDENCE, project)["pytest-xdist"] is Role.TEST


def test_finds_what_a_container_of_a_manifest_runs() -> None:
    assert "hypercorn" in subjects(EVIDENCE, project_of({"k8s/web.yaml": MANIFEST}), Strength.HINT)


def test_leaves_services_of_ready_images() -> None:
    assert "postgres" not in subjects(EVIDENCE, project_of({"compose.yaml": COMPOSE}))


def test_leaves_a_file_that_is_no_yaml_as_a_gap() -> None:
    project = project_of({"compose.yaml": "services: ["})
    assert subjects(EVIDENCE, project) == set()
    assert [gap.where for gap in project.gaps] == ["compose.yaml"]
