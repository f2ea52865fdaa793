"""What a part of a framework needs that the framework itself does not ask for.

Sources: fastapi.tiangolo.com/tutorial/request-forms (python-multipart) and /#dependencies; starlette.dev/#dependencies
(httpx, jinja2, python-multipart, itsdangerous, pyyaml); docs.pydantic.dev/latest/api/networks (EmailStr) and
/install/#optional-dependencies; flask.palletsprojects.com/en/stable/async-await; docs.djangoproject.com/en/stable/ref/
models/fields/#imagefield; docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html; tqdm.github.io/docs/notebook;
pyjwt.readthedocs.io/en/stable/installation.html (cryptographic dependencies); pytorch.org/docs/stable/torch.compiler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deadweight.core.usage import Strength


@dataclass(frozen=True, slots=True)
class Part:
    """One part: of which packages, which distributions it needs, and how much."""

    of: tuple[str, ...]
    needs: tuple[str, ...]
    strength: Strength = Strength.NEEDED


_ASGI = ("fastapi", "starlette")
_FORM = Part(_ASGI, ("python-multipart",))
_PILLOW = Part(("django",), ("pillow",))
_ASYNC = Part(("sqlalchemy", "sqlmodel"), ("greenlet",), Strength.HINT)
_EMAIL = Part(("pydantic",), ("email-validator",))
_GAUGE = Part(("tqdm",), ("ipywidgets",), Strength.OPTIONAL)
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        **dict.fromkeys(("Form", "File", "UploadFile"), _FORM),
        **dict.fromkeys(("OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict"), _FORM),
        "Jinja2Templates": Part(_ASGI, ("jinja2",)),
        "TestClient": Part(_ASGI, ("httpx",)),
        "SessionMiddleware": Part(_ASGI, ("itsdangerous",)),
        "SchemaGenerator": Part(_ASGI, ("pyyaml",)),
        "ORJSONResponse": Part(_ASGI, ("orjson",)),
        "UJSONResponse": Part(_ASGI, ("ujson",)),
        **dict.fromkeys(("EmailStr", "NameEmail", "validate_email"), _EMAIL),
        "ImageField": _PILLOW,
        **dict.fromkeys(
            ("create_async_engine", "AsyncSession", "async_sessionmaker", "async_engine_from_config"), _ASYNC
        ),
        **dict.fromkeys(("tqdm_notebook", "notebook"), _GAUGE),
        "compile": Part(("torch",), ("triton",), Strength.HINT),
        "SocketModeHandler": Part(("slack_bolt",), ("websocket-client",), Strength.HINT),
        "PhoneNumber": Part(("pydantic_extra_types",), ("phonenumbers",)),
        "CountryAlpha2": Part(("pydantic_extra_types",), ("pycountry",)),
        "YamlConfigSettingsSource": Part(("pydantic_settings",), ("pyyaml",)),
        "TomlConfigSettingsSource": Part(("pydantic_settings",), ("tomli",), Strength.HINT),
        "DjangoIntegration": Part(("sentry_sdk",), ("django",), Strength.HINT),
        "FlaskIntegration": Part(("sentry_sdk",), ("flask", "blinker"), Strength.HINT),
        "CeleryIntegration": Part(("sentry_sdk",), ("celery",), Strength.HINT),
        "RedisStore": Part(("limits", "flask_limiter"), ("redis",), Strength.HINT),
        "HuggingFaceEmbeddings": Part(("langchain_community", "langchain_huggingface"), ("sentence-transformers",)),
        "FAISS": Part(("langchain_community", "langchain"), ("faiss-cpu", "faiss-gpu"), Strength.HINT),
        "PyPDFLoader": Part(("langchain_community", "langchain"), ("pypdf",)),
        "SummaryWriter": Part(("torch",), ("tensorboard",)),
    }
)
"""By the last part of the name."""
ALGORITHMS = frozenset("RS256 RS384 RS512 ES256 ES384 ES512 ES256K PS256 PS384 PS512 EdDSA".split())  # noqa: SIM905
"""Those of JSON web tokens that take the distribution cryptography."""
SCHEMES: Mapping[str, str] = MappingProxyType({"bcrypt": "bcrypt", "argon2": "argon2-cffi", "bcrypt_sha256": "bcrypt"})
"""Of passlib, with the distribution that has each."""
