from __future__ import annotations

import pytest

from builders.scenes import artifact_of, distribution_files, scene_from, scene_of
from builders.sites import SITE, image_running, site_scene
from deadweight.facts.programs import PROGRAMS


def test_the_words_of_the_command_are_programs() -> None:
    image = image_running("sh", "-c", "alembic upgrade head && uvicorn app.main:app")
    assert {"alembic", "uvicorn", "app.main"} <= scene_from(artifact_of({}, image=image)).ask(PROGRAMS)


def test_two_words_may_name_one_program() -> None:
    assert "jupyter-lab" in scene_from(artifact_of({}, image=image_running("jupyter", "lab"))).ask(PROGRAMS)


def test_a_script_that_the_command_names_is_read() -> None:
    artifact = artifact_of(
        {"app/docker.sh": b"#!/bin/sh\nexec gunicorn -w 4 app\n"}, image=image_running("/app/docker.sh")
    )
    assert "gunicorn" in scene_from(artifact).ask(PROGRAMS)


@pytest.mark.parametrize("name", ["entrypoint.sh", "start-server.sh", "Procfile", "supervisord.conf"])
def test_scripts_that_start_things_are_read(name: str) -> None:
    assert "celery" in scene_of({f"app/{name}": b"worker: celery -A app\n"}).ask(PROGRAMS)


def test_scripts_of_distributions_and_others_are_not_read() -> None:
    parts = distribution_files(SITE, "pkg", files={"pkg/start.sh": b"nosetests\n"})
    assert "nosetests" not in site_scene(parts, {"app/lint.sh": b"nosetests\n"}).ask(PROGRAMS)


def test_the_command_to_prove_with_counts() -> None:
    assert "uvicorn" in scene_of({}, {"run": "uvicorn app:app"}).ask(PROGRAMS)
