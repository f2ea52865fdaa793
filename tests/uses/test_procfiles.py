from __future__ import annotations

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.procfiles import EVIDENCE

TEXT = """\
release: python manage.py migrate
web: newrelic-admin run-program gunicorn -k gevent app.wsgi
worker: celery -A app worker --loglevel=info
"""


def test_finds_what_each_process_runs() -> None:
    project = project_of({"Procfile": TEXT})
    assert {"newrelic-admin", "gunicorn", "gevent", "celery"} <= subjects(EVIDENCE, project, Strength.NEEDED)
    assert lines(EVIDENCE, project)["celery"] == 3


def test_finds_that_a_file_for_development_is_that() -> None:
    told = roles(EVIDENCE, project_of({"Procfile.dev": "css: watchmedo shell-command"}))
    assert told["watchmedo"] is Role.DEVELOPMENT


def test_leaves_comments_and_other_files() -> None:
    assert not subjects(EVIDENCE, project_of({"Procfile": "# web: gunicorn app\n", "Profile": "web: gunicorn app"}))
