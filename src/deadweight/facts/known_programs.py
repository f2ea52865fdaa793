"""Programs by what their words mean: those that run others, that bring tools of their own, that serve an application.

Sources: the manual page or the `--help` of each program; `_OPTIONS` names the page where an option is described.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ORDINARY_WORDS = """
    [ [[ : . ar arch autoconf awk basename bash break bunzip2 bzip2 cat cd chgrp chmod chown cmp comm continue cp
    curl cut date dd df diff dir dirname dnf docker dpkg du echo egrep env exit export expr false fgrep find fi for
    function gcc g++ getent git go gpg grep groupadd gunzip gzip head help hostname id install java jq kill kubectl
    ldconfig less let ln local locale-gen ls make mkdir mktemp more mount mv node npm npx od openssl paste perl
    pg_isready ping printf ps psql pwd rc-service read readonly realpath redis-cli return rm rmdir rsync ruby sed
    seq set sh sha256sum shift shopt sleep sort source ssh stat su systemctl tail tar tee test touch tr trap true
    tty type ulimit umask uname uniq unset unzip useradd usermod wait wc wget which who whoami xz yarn yum zip zsh
    env tini dumb-init nohup setsid stdbuf ionice nice sudo catatonit xargs time exec command timeout gosu su-exec
    chroot wait-for-it wait-for chrt run run-parts run-program auto-restart s6-setuidgid sentry-cli doppler builtin eval
    apk apt apt-get apt-key adduser addgroup cargo rustup mysql nc nginx pnpm esac done in case"""
ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""What every system has, or what belongs to other languages: no distribution of Python is meant."""

_BRINGERS_WORDS = """
    pip pip3 uv uvx pipx poetry pdm hatch pipenv rye conda mamba micromamba virtualenv tox nox pre-commit prek
    invoke pip-compile pip-sync twine build cibuildwheel semantic-release codecov"""
BRINGERS = frozenset(_BRINGERS_WORDS.split())
"""What sets an environment up or works on it from outside: it is seldom a part of what it sets up."""

_RUNNERS_WORDS = """
    env tini dumb-init nohup setsid stdbuf ionice nice sudo catatonit unbuffer xargs time exec command timeout chrt
    ddtrace-run opentelemetry-instrument xvfb-run watchfiles circusd dotenv honcho doppler run run-program
    run-parts auto-restart s6-setuidgid sentry-cli newrelic-admin watchmedo"""
_SKIPPING = ("gosu", "su-exec", "chroot", "wait-for-it", "wait-for-it.sh", "wait-for")
RUNNERS: Mapping[str, int] = MappingProxyType(
    {**dict.fromkeys(_RUNNERS_WORDS.split(), 0), **dict.fromkeys(_SKIPPING, 1)}
)
"""Programs that run the one behind them, with how many words of their own stand before it."""
_WATCHING = "coverage kernprof memray viztracer scalene py-spy debugpy slipcover pyinstrument mprof cProfile profile"
MODULE_RUNNERS = frozenset(_WATCHING.split())
"""Programs that run a Python file, or the module behind -m."""

ENVIRONMENT_RUNNERS_WORDS = """
    uv poetry pdm hatch pipenv rye conda mamba micromamba tox"""
_ENVIRONMENTS = "uv poetry pdm hatch pipenv rye conda mamba micromamba tox"
ENVIRONMENT_RUNNERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset({"run", "exec"}) for name in _ENVIRONMENTS.split()}
)
"""Programs that run the one behind a word of theirs, in the environment that they keep."""

FETCHERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"uvx": (), "pipx": ("run",), "uv": ("tool", "run")},
)
"""Programs that fetch the one behind their words into an environment of its own."""

_SERVERS = """
    gunicorn uvicorn hypercorn daphne granian waitress-serve celery dramatiq arq rq taskiq faust huey_consumer
    huey_consumer.py flask fastapi chalice functions-framework opentelemetry-instrument bjoern pserve nameko prefect
    dagster django-admin ddtrace-run mod_wsgi-express uwsgi robyn litestar sanic quart"""
SERVERS = frozenset(_SERVERS.split())
"""Programs that are handed what to load as `module:object` or as a dotted name."""

_OPTIONS = {
    # docs.gunicorn.org/en/stable/settings.html#worker-class
    ("gunicorn", "-k"): {"gevent": "gevent", "eventlet": "eventlet", "tornado": "tornado"},
    # www.uvicorn.org/settings: implementation; --reload takes watchfiles where it is there, and goes on without
    ("uvicorn", "--loop"): {"uvloop": "uvloop"},
    ("uvicorn", "--http"): {"httptools": "httptools"},
    ("uvicorn", "--ws"): {"websockets": "websockets", "wsproto": "wsproto", "websockets-sansio": "websockets"},
    # hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html: worker_class
    ("hypercorn", "-k"): {"uvloop": "uvloop", "trio": "trio"},
    # docs.celeryq.dev/en/stable/userguide/concurrency
    ("celery", "-P"): {"gevent": "gevent", "eventlet": "eventlet"},
    ("celery", "-S"): {"django": "django-celery-beat"},
    # docs.celeryq.dev/en/stable/userguide/workers.html: --autoreload is gone; flower and events are sub-commands
    ("jupyter", ""): {
        "lab": "jupyterlab",
        "notebook": "notebook",
        "nbconvert": "nbconvert",
        "server": "jupyter-server",
    },
    ("celery", ""): {"flower": "flower"},
    ("dotenv", ""): {"run": "python-dotenv"},
    ("fastapi", ""): {"run": "fastapi-cli", "dev": "fastapi-cli"},
}
_SAME = {"--worker-class": "-k", "--pool": "-P", "--scheduler": "-S"}
VALUES: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(_OPTIONS)
"""By program and option (empty: a word of its own): which distribution a value asks for."""
SPELLINGS: Mapping[str, str] = MappingProxyType(_SAME)
"""Long options by their short ones."""
LOADED = frozenset({"-k", "--worker-class", "-S", "--scheduler", "--logger-class", "--log-class", "--worker-cls"})
"""Options of servers whose value is the dotted name of a class."""
OPTIONAL_FLAGS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("uvicorn", "--reload"): ("watchfiles",),
        ("uvicorn", "--env-file"): ("python-dotenv",),
        ("gunicorn", "--statsd-host"): (),
    }
)
"""Options by which a program takes a distribution if it is there."""
