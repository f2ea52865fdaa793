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


def test_a_program_is_known_by_the_last_part_of_its_path() -> None:
    image = image_running("/opt/venv/bin/gunicorn", "-c", "conf.py")
    assert "gunicorn" in scene_from(artifact_of({}, image=image)).ask(PROGRAMS)


@pytest.mark.parametrize("body", [b"\x7fELF" + b"gunicorn", b"\xff\xfe\xff"])
def test_a_start_script_that_is_no_text_names_no_program(body: bytes) -> None:
    assert "gunicorn" not in scene_of({"app/start.sh": body}).ask(PROGRAMS)


def test_an_artifact_that_says_nothing_starts_nothing() -> None:
    assert scene_of({"app/main.py": b"import gunicorn\n"}).ask(PROGRAMS) == frozenset()


@pytest.mark.parametrize("name", ["restart_notes.txt", "my-start.py", "Procfile.bak", "runner.md"])
def test_other_files_of_the_application_are_no_start_scripts(name: str) -> None:
    assert "gunicorn" not in scene_of({f"app/{name}": b"gunicorn app:app\n"}).ask(PROGRAMS)
