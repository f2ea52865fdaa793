from __future__ import annotations

import pytest

from builders.evidence import lines, project_of, subjects
from deadweight.core.usage import Strength
from deadweight.uses.processes import EVIDENCE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import subprocess\nsubprocess.run(['alembic', 'upgrade', 'head'])", {"alembic"}),
        ("from subprocess import check_call as c\nc(('celery', '-A', name))", {"celery"}),
        ("import subprocess, sys\nsubprocess.Popen([sys.executable, '-m', 'http_prompt'])", {"http_prompt"}),
        ("import os\nos.system('gunicorn app:app &')", {"gunicorn", "app"}),
        ("import os\nos.execvp('uvicorn', ['uvicorn', 'app:app'])", {"uvicorn", "app"}),
        ("import asyncio\nasyncio.create_subprocess_exec('yt-dlp', url)", {"yt-dlp"}),
        ("import shlex\nshlex.split(f'streamlit run {page}')", {"streamlit"}),
        ("import subprocess\nsubprocess.run('dvc pull', shell=True)", {"dvc"}),
    ],
)
def test_finds_what_a_source_starts(text: str, wanted: set[str]) -> None:
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == wanted
    assert set(lines(EVIDENCE, project).values()) == {2}


@pytest.mark.parametrize(
    "text",
    [
        "import subprocess\nsubprocess.run(command)",
        "import subprocess\nsubprocess.run([program, 'celery'])",
        "from app import run\nrun(['celery'])\nx = 'subprocess'",
        "import os\nos.system(x)",
        "import subprocess\nsubprocess.run(['ls', '-l'])",
    ],
)
def test_leaves_words_that_are_not_known(text: str) -> None:
    assert subjects(EVIDENCE, project_of({"a.py": text})) == set()


def test_leaves_what_tests_start_at_a_hint() -> None:
    project = project_of({"tests/a.py": "import subprocess\nsubprocess.run(['celery'])"})
    assert subjects(EVIDENCE, project, Strength.HINT) == {"celery"}
