from __future__ import annotations

from builders.evidence import installed, lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.dotted_names import EVIDENCE

DJANGO = """\
INSTALLED_APPS = [
    "django.contrib.admin",
    "rest_framework",
    "app.core",
]
INSTALLED_APPS += ["debug_toolbar"]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
STORAGES = {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}
"""
LOGGING = """\
version: 1
formatters:
  json:
    "()": pythonjsonlogger.jsonlogger.JsonFormatter
handlers:
  main:
    class: logging_loki.LokiHandler
"""
DECLARED = "django djangorestframework whitenoise pythonjsonlogger logging-loki storages rich"


def test_finds_apps_middleware_and_back_ends_of_django() -> None:
    project = project_of({"app/settings.py": DJANGO}, declares=DECLARED)
    needed = subjects(EVIDENCE, project, Strength.NEEDED)
    assert {"rest_framework", "debug_toolbar", "whitenoise.middleware.WhiteNoiseMiddleware"} <= needed
    assert {"redis", "argon2-cffi", "storages.backends.s3.S3Storage"} <= needed
    assert {"psycopg", "psycopg2-binary"} <= subjects(EVIDENCE, project, Strength.HINT)
    assert lines(EVIDENCE, project)["debug_toolbar"] == 6


def test_finds_classes_of_logging() -> None:
    project = project_of({"logging.yaml": LOGGING}, declares=DECLARED)
    needed = subjects(EVIDENCE, project, Strength.NEEDED)
    assert needed == {"pythonjsonlogger.jsonlogger.JsonFormatter", "logging_loki.LokiHandler"}
    text = (
        "import logging.config\nlogging.config.dictConfig({'handlers': {'a': {'class': 'rich.logging.RichHandler'}}})"
    )
    assert subjects(EVIDENCE, project_of({"a.py": text}, declares=DECLARED)) == {"rich.logging.RichHandler"}


def test_finds_what_is_installed_by_the_name_of_its_module() -> None:
    found = installed("python-json-logger", modules=frozenset({"pythonjsonlogger"}))
    project = project_of({"logging.yaml": LOGGING}, installed=[found])
    assert "pythonjsonlogger.jsonlogger.JsonFormatter" in subjects(EVIDENCE, project)


def test_finds_what_paste_loads() -> None:
    project = project_of({"development.ini": "[server:main]\nuse = egg:waitress#main\n"})
    assert subjects(EVIDENCE, project) == {"waitress"}


def test_finds_that_settings_of_tests_are_for_tests_and_other_keys_hint() -> None:
    text = "INSTALLED_APPS = ['django_extensions']\nOTHER = 'rich.console'\n"
    project = project_of({"tests/settings.py": text}, declares=DECLARED)
    assert set(roles(EVIDENCE, project).values()) == {Role.TEST}
    assert subjects(EVIDENCE, project, Strength.HINT) == {"django_extensions", "rich.console"}


def test_leaves_names_of_files_hosts_and_what_nobody_asks_for() -> None:
    files = {
        "config.yaml": "a: rich.txt\nb: www.example.org\nc: unknown.module.Name\nclass: also.Unknown\n",
        "app/models.py": "X = 'rich.console'\n",
        "tests/fixtures/broken.json": '{"class": ',
        ".github/workflows/a.yml": "a: rich.console\n",
        "pyproject.toml": "[tool.x]\na = 'rich.console'\n",
    }
    project = project_of(files, declares=DECLARED)
    assert subjects(EVIDENCE, project) == set()
    assert not project.gaps
