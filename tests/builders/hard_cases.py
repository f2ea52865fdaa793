"""Forty small projects that a look at import statements alone gets wrong, each with its truth."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deadweight.core.environment import Environment, Installed
from deadweight.core.project import Project
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.verdict import Verdict
from deadweight.dependencies.checking import check
from deadweight.facts.own_modules import own_modules
from deadweight.facts.path_roles import role_of_path
from deadweight.pipeline.usages import usages

START = {"Dockerfile": 'FROM python\nCMD ["python", "-m", "app"]\n'}
MODULES = {
    "beautifulsoup4": "bs4",
    "pyyaml": "yaml",
    "pillow": "PIL",
    "scikit-learn": "sklearn sklearn.ensemble sklearn.ensemble._forest",
    "opencv-python": "cv2",
    "azure-core": "azure azure.core azure.core.pipeline",
    "azure-storage-blob": "azure azure.storage azure.storage.blob",
    "google-cloud-storage": "google google.cloud google.cloud.storage",
    "google-cloud-bigquery": "google google.cloud google.cloud.bigquery",
    "protobuf": "google google.protobuf",
    "cffi": "cffi _cffi_backend",
    "python-multipart": "python_multipart multipart",
    "psycopg2-binary": "psycopg2",
    "django-cors-headers": "corsheaders corsheaders.middleware",
    "python-json-logger": "pythonjsonlogger pythonjsonlogger.json",
    "types-requests": "",
    "keyrings-alt": "keyrings keyrings.alt",
    "attrs": "attr attrs",
    "python-dateutil": "dateutil",
    "pytest-cov": "pytest_cov",
}
COMMANDS = {"uvicorn": "uvicorn", "gunicorn": "gunicorn", "black": "black", "alembic": "alembic", "celery": "celery"}
COMMANDS |= {"pytest": "pytest", "mypy": "mypy", "awscli": "aws", "yt-dlp": "yt-dlp"}
POINTS: Mapping[str, dict[str, dict[str, str]]] = {
    "keyrings-alt": {"keyring.backends": {"file": "keyrings.alt.file"}},
    "pytest-cov": {"pytest11": {"pytest_cov": "pytest_cov.plugin"}},
}
REQUIRES = {"fastapi": ("starlette", "pydantic"), "scikit-learn": ("numpy", "joblib"), "pandas": ("numpy",)}


@dataclass(frozen=True)
class Case:
    """A project, what it asks for (for tests, behind a bar), and what is wrong: `fault name`, with a `?` in doubt."""

    name: str
    files: Mapping[str, str | bytes]
    asks: str
    truth: set[str] = field(default_factory=set)
    installed: str = ""


def installed(name: str) -> Installed:
    """A stub of the distribution, with the modules and commands that the real one has."""
    modules = MODULES.get(name, name.replace("-", "_")).split()
    commands = frozenset({COMMANDS[name]} if name in COMMANDS else ())
    info = f"lib/{name}-1.0.dist-info"
    return Installed(
        name,
        "1.0",
        info,
        size=1000,
        modules=frozenset(modules),
        requires=REQUIRES.get(name, ()),
        entry_points=POINTS.get(name, {}),
        commands=commands,
    )


def project(case: Case) -> Project:
    """The project with an environment in which all that it asks for is installed."""
    files = {path: body if isinstance(body, bytes) else body.encode() for path, body in case.files.items()}
    core, _, tests = case.asks.partition("|")
    asked = [(name, Role.CORE, "requirements.txt") for name in core.split()]
    asked += [(name, Role.TEST, "requirements-test.txt") for name in tests.split()]
    items = tuple(Declared(name, name, role, Place(path, 1)) for name, role, path in asked)
    there = {name for name, _, _ in asked} | set(case.installed.split())
    there |= {name for one in there for name in REQUIRES.get(one, ())}
    return Project(
        "/project",
        tuple(sorted(files)),
        files.__getitem__,
        role_of_path,
        Declarations(items, files=tuple(dict.fromkeys(path for _, _, path in asked))),
        environment=Environment("/env", tuple(installed(name) for name in sorted(there))),
        own=own_modules(files),
    )


def verdicts(case: Case) -> tuple[Verdict, ...]:
    """What is found to be wrong with the project."""
    one = project(case)
    return check(one, usages(one))


def told(found: tuple[Verdict, ...]) -> set[str]:
    """The verdicts as the truth of a case states them."""
    return {f"{one.fault} {one.name}{'' if one.is_sure else '?'}" for one in found}


def without_environment(case: Case) -> Project:
    """The project where nobody knows what is installed."""
    return replace(project(case), environment=None)


def notebook(*cells: str) -> str:
    """A notebook with the cells."""
    made = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4})


def pickled(module: str, name: str) -> bytes:
    """A pickle that asks for the class of the module; made by hand, for the module is not there."""
    text = pickle.PROTO + b"\x04" + pickle.SHORT_BINUNICODE + bytes([len(module)]) + module.encode()
    text += pickle.SHORT_BINUNICODE + bytes([len(name)]) + name.encode()
    return text + pickle.STACK_GLOBAL + pickle.EMPTY_TUPLE + pickle.REDUCE + pickle.STOP


Stated = tuple[dict[str, str | bytes], str, set[str], str]


def of(app: str, asks: str, *truth: str, installed: str = "", **files: str) -> Stated:
    """A case whose one source is `app/main.py`, and what starts it."""
    return {"app/__init__.py": "", "app/main.py": app, **START, **files}, asks, set(truth), installed


def cases() -> Iterator[Case]:
    """All of them."""
    for name, (files, asks, truth, there) in _CASES.items():
        yield Case(name, files, asks, truth, there)


_LAZY = "import importlib\n\ndef __getattr__(name):\n    return importlib.import_module(_MODULES[name])\n\n"
_CASES: Mapping[str, Stated] = {
    "01 a plain import": of("import requests\n", "requests"),
    "02 nothing imports it": of("import json\n", "requests", "unused requests"),
    "03 an import that nothing asks for": of(
        "import requests\n", "rich", "undeclared requests", "unused rich", installed="requests"
    ),
    "04 brought by what is asked for": of("import sklearn\nimport numpy\n", "scikit-learn", "transitive numpy"),
    "05 only for type checkers": of(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n", "pandas", "misplaced pandas"
    ),
    "06 only for type checkers, by another name": of(
        "import typing as t\nif not t.TYPE_CHECKING:\n    pandas = None\nelse:\n    import pandas\n",
        "pandas",
        "misplaced pandas",
    ),
    "07 guarded, and not asked for": of("try:\n    import orjson as json\nexcept ImportError:\n    import json\n", ""),
    "08 import_module that is assigned": of("import importlib\npl = importlib.import_module('polars')\n", "polars"),
    "09 import_module by a variable": of(
        "from importlib import import_module\nNAME = 'polars'\n\ndef f():\n    return import_module(NAME)\n", "polars"
    ),
    "10 import_module by a dictionary": of(
        "from importlib import import_module\nBY = {'fast': 'orjson', 'slow': 'simplejson'}\n"
        "def f(kind):\n    return import_module(BY[kind])\n",
        "orjson simplejson",
    ),
    "11 __import__": of("np = __import__('numpy')\n", "numpy"),
    "12 a loop over names": of(
        "import importlib\nfor name in ('polars', 'pyarrow'):\n    importlib.import_module(name)\n", "polars pyarrow"
    ),
    "13 an f-string with known parts": of(
        "import importlib\nKINDS = ['storage', 'bigquery']\n"
        "def f():\n    return [importlib.import_module(f'google.cloud.{kind}') for kind in KINDS]\n",
        "google-cloud-storage google-cloud-bigquery",
    ),
    "14 lazy_loader": of("import lazy_loader as lazy\nnp = lazy.load('numpy')\n", "lazy-loader numpy"),
    "15 a module's __getattr__": of(_LAZY + "_MODULES = {'frame': 'pandas'}\n", "pandas"),
    "16 a lazy import of PEP 810": of("lazy import polars\nlazy from yaml import load\n", "polars pyyaml"),
    "17 in a handler": of("def handler():\n    import boto3\n    return boto3\n", "boto3"),
    "18 asked for by find_spec": of(
        "from importlib.util import find_spec\nFAST = find_spec('uvloop') is not None\n", "uvloop"
    ),
    "19 by the version of Python": of(
        "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n", "tomli"
    ),
    "20 suppressed": of("import contextlib\nwith contextlib.suppress(ImportError):\n    import rich\n", ""),
    "21 a server that a Dockerfile starts": of(
        "import fastapi\n", "fastapi uvicorn", Dockerfile='FROM python\nCMD ["uvicorn", "app.main:app"]\n'
    ),
    "22 a server that a Procfile starts": of(
        "import flask\n", "flask gunicorn", Procfile="web: gunicorn app.main:app\n"
    ),
    "23 a formatter that a Makefile runs": of(
        "import json\n", "black", "misplaced black", Makefile="lint:\n\tblack app\n"
    ),
    "24 a program of a subprocess": of(
        "import subprocess\n\ndef f():\n    subprocess.run(['yt-dlp', '--version'], check=True)\n", "yt-dlp"
    ),
    "25 Django's applications and middleware": of(
        "INSTALLED_APPS = ['django.contrib.auth', 'corsheaders', 'app']\n"
        "MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\nROOT_URLCONF = 'app.urls'\nimport django\n",
        "django django-cors-headers",
    ),
    "26 a sibling in a namespace that is not asked for": of(
        "from azure.storage.blob import BlobClient\nfrom azure.core import exceptions\n",
        "azure-storage-blob",
        "undeclared azure-core",
        installed="azure-core",
    ),
    "27 a module of one's own with the name of another's": of(
        "import requests\n", "requests", **{"app/requests.py": "import json\n"}
    ),
    "28 a sibling in a namespace that nothing uses": of(
        "from google.cloud import storage\n",
        "google-cloud-storage google-cloud-bigquery",
        "unused google-cloud-bigquery",
    ),
    "29 a distribution called otherwise": of(
        "import yaml, bs4, PIL\nfrom dateutil import parser\n", "pyyaml beautifulsoup4 pillow python-dateutil"
    ),
    "30 a class in logging's configuration": of(
        "import logging.config\nlogging.config.dictConfig({'version': 1, 'formatters': {'json': "
        "{'class': 'pythonjsonlogger.json.JsonFormatter'}}})\n",
        "python-json-logger",
    ),
    "31 a driver in a URL": of(
        "import sqlalchemy\nengine = sqlalchemy.create_engine('postgresql+psycopg2://me@db/x')\n",
        "sqlalchemy psycopg2-binary",
    ),
    "32 an engine of pandas": of("import pandas\npandas.read_excel('a.xlsx')\n", "pandas openpyxl"),
    "33 only tests use it": of(
        "import json\n", "pytest", "misplaced pytest", **{"tests/test_app.py": "import pytest\n"}
    ),
    "34 production uses what tests ask for": of(
        "import httpx\n", "|httpx", "misplaced httpx", **{"tests/test_app.py": "import httpx\n"}
    ),
    "35 only a notebook uses it": of(
        "import json\n",
        "seaborn",
        "misplaced seaborn",
        **{"notebooks/look.ipynb": notebook("%matplotlib inline\nimport seaborn\n")},
    ),
    "36 only a stub uses it": of("import json\n", "numpy", "misplaced numpy", **{"app/fast.pyi": "import numpy\n"}),
    "37 a form of FastAPI": of(
        "from fastapi import FastAPI, Form\napp = FastAPI()\n\n@app.post('/')\n"
        "def f(name: str = Form()):\n    return name\n",
        "fastapi python-multipart",
    ),
    "38 templates of starlette": of(
        "from starlette.templating import Jinja2Templates\ntemplates = Jinja2Templates('templates')\n",
        "starlette jinja2",
    ),
    "39 a parser of BeautifulSoup": of(
        "from bs4 import BeautifulSoup\nsoup = BeautifulSoup('<p>', 'html5lib')\n", "beautifulsoup4 html5lib"
    ),
    "40 a back end of keyring": of("import keyring\nkeyring.get_password('a', 'b')\n", "keyring keyrings-alt"),
    "41 a class in a pickle": (
        {
            "app/__init__.py": "",
            "app/main.py": "import pickle\nmodel = pickle.load(open('model.pkl', 'rb'))\n",
            "model.pkl": pickled("sklearn.ensemble._forest", "RandomForestClassifier"),
            **START,
        },
        "scikit-learn",
        set(),
        "",
    ),
    "42 a plugin of pytest": of(
        "import json\n",
        "|pytest pytest-cov",
        **{"tests/test_app.py": "import pytest\n", "pytest.ini": "[pytest]\naddopts = --cov=app\n"},
    ),
    "43 a bare extension module": of("import _cffi_backend\n", "cffi"),
    "44 a name that a setting of the image gives": of(
        "import importlib, os\nbackend = importlib.import_module(os.environ['BACKEND'])\n",
        "polars",
        Dockerfile='FROM python\nENV BACKEND=polars\nCMD ["python", "-m", "app"]\n',
    ),
    "45 a name that only a run can tell": of(
        "import importlib, sys\nbackend = importlib.import_module(sys.argv[1])\n", "polars", "unused polars?"
    ),
}
