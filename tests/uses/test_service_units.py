from __future__ import annotations

from builders.evidence import lines, project_of, subjects
from deadweight.core.usage import Strength
from deadweight.uses.service_units import EVIDENCE

UNIT = """\
[Service]
Environment=A=1
ExecStartPre=-/venv/bin/alembic upgrade head
ExecStart=/venv/bin/gunicorn \\
  app:app
"""


def test_finds_what_units_and_platforms_start() -> None:
    files = {
        "deploy/web.service": UNIT,
        "supervisord.conf": "[program:w]\ncommand=celery -A app worker\n",
        "render.yaml": "services:\n- startCommand: uvicorn app:app\n  buildCommand: cythonize x\n",
        "fly.toml": "[processes]\nweb = 'hypercorn app:app'\n",
    }
    project = project_of(files)
    needed = subjects(EVIDENCE, project, Strength.NEEDED)
    assert {"alembic", "gunicorn", "celery", "uvicorn", "hypercorn"} <= needed
    assert subjects(EVIDENCE, project, Strength.HINT) == {"cythonize"}
    assert lines(EVIDENCE, project)["gunicorn"] == 4


def test_leaves_other_lines() -> None:
    assert subjects(EVIDENCE, project_of({"a.service": "[Unit]\n# ExecStart=celery\nDescription=gunicorn\n"})) == set()
