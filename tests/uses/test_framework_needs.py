from __future__ import annotations

import pytest

from builders.evidence import project_of, subjects
from deadweight.core.usage import Strength
from deadweight.uses.framework_needs import EVIDENCE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("from fastapi import FastAPI, Form\n", {"python-multipart"}),
        ("import fastapi\ndef f(x: fastapi.UploadFile): ...\n", {"python-multipart"}),
        ("from fastapi.templating import Jinja2Templates\n", {"jinja2"}),
        ("from starlette.middleware.sessions import SessionMiddleware\n", {"itsdangerous"}),
        ("from fastapi.testclient import TestClient\n", {"httpx"}),
        ("from pydantic import BaseModel, EmailStr\n", {"email-validator"}),
        ("from django.db import models\nclass A(models.Model):\n    p = models.ImageField()\n", {"pillow"}),
        ("from fastapi.responses import ORJSONResponse\n", {"orjson"}),
        ("from passlib.context import CryptContext\nCryptContext(schemes=['bcrypt'])\n", {"bcrypt"}),
        ("from flask import Flask\napp = Flask('a')\n@app.get('/')\nasync def f(): ...\n", {"asgiref"}),
        ("from torch.utils.tensorboard import SummaryWriter\n", {"tensorboard"}),
    ],
)
def test_finds_what_a_part_needs(text: str, wanted: set[str]) -> None:
    assert subjects(EVIDENCE, project_of({"app.py": text}), Strength.NEEDED) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("from sqlalchemy.ext.asyncio import AsyncSession\n", {"greenlet"}),
        ("import jwt\njwt.encode(x, key, algorithm='RS256')\n", {"cryptography"}),
        ("from tqdm.notebook import tqdm\nimport tqdm.notebook as t\n", {"ipywidgets"}),
        ("import torch\nmodel = torch.compile(model)\n", {"triton"}),
        ("from fastapi import Request\nasync def f(request):\n    await request.form()\n", {"python-multipart"}),
    ],
)
def test_finds_less_where_the_code_may_go_on_without(text: str, wanted: set[str]) -> None:
    project = project_of({"app.py": text})
    assert subjects(EVIDENCE, project, Strength.OPTIONAL, Strength.HINT) == wanted
    assert not subjects(EVIDENCE, project, Strength.NEEDED)


def test_leaves_what_extras_may_bring_optional() -> None:
    project = project_of({"app.py": "from fastapi import Form"}, declares="fastapi[standard]==0.115")
    assert subjects(EVIDENCE, project, Strength.OPTIONAL) == {"python-multipart"}


@pytest.mark.parametrize(
    "text",
    [
        "from wtforms import Form\n",
        "import re\nre.compile('x')\n",
        "from app.fields import ImageField, EmailStr\n",
        "from flask import Flask\nasync def f(): ...\n",
        "import jwt\njwt.encode(x, key, algorithm='HS256')\n",
        "from fastapi import FastAPI  # no Form\n",
    ],
)
def test_leaves_what_is_of_something_else(text: str) -> None:
    assert subjects(EVIDENCE, project_of({"app.py": text})) == set()
