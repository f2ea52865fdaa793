"""What names in settings ask for beside the module that they name.

Sources: docs.djangoproject.com/en/stable/ref/databases, /topics/cache, /topics/auth/passwords, /ref/contrib/postgres;
flask-caching.readthedocs.io (CACHE_TYPE); docs.celeryq.dev/en/stable/userguide/configuration.html (result_backend).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_POSTGRES = ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary")
STRINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "django.db.backends.postgresql": _POSTGRES,
        "django.db.backends.postgresql_psycopg2": _POSTGRES,
        "django.contrib.gis.db.backends.postgis": _POSTGRES,
        "django.db.backends.mysql": ("mysqlclient", "pymysql"),
        "django.db.backends.oracle": ("oracledb", "cx-oracle"),
        "django.core.cache.backends.redis.RedisCache": ("redis",),
        "django.core.cache.backends.memcached.PyMemcacheCache": ("pymemcache",),
        "django.core.cache.backends.memcached.PyLibMCCache": ("pylibmc",),
        "django.core.cache.backends.memcached.MemcachedCache": ("python-memcached",),
        "django.contrib.auth.hashers.Argon2PasswordHasher": ("argon2-cffi",),
        "django.contrib.auth.hashers.BCryptSHA256PasswordHasher": ("bcrypt",),
        "django.contrib.auth.hashers.BCryptPasswordHasher": ("bcrypt",),
        "django.template.backends.jinja2.Jinja2": ("jinja2",),
        "django_celery_beat.schedulers:DatabaseScheduler": ("django-celery-beat",),
        "django-db": ("django-celery-results",),
        "django-cache": ("django-celery-results",),
    }
)
"""Distributions by the string: one is needed, of several any would do."""
PLAIN_KEYS = frozenset({"INSTALLED_APPS", "DJANGO_APPS", "THIRD_PARTY_APPS", "LOCAL_APPS", "EXTRA_APPS"})
"""Settings whose strings are names of modules even where they have no dot."""
PLAIN_LISTS = frozenset({"EXTENSIONS", "PLUGINS", "SPIDER_MODULES", "ROOT_URLCONF", "plugins", "extensions"})
"""Settings whose strings may be such names."""
CLASS_KEYS = frozenset(
    {"class", "()", "factory", "_target_", "backend", "BACKEND", "ENGINE", "handler", "formatter", "worker_class"}
    | {"worker_classes", "class_path", "class_name", "callable", "entrypoint", "entry_point", "target", "import", "use"}
    | {"logger_class", "engine", "loader", "model", "storage", "serializer", "paste.app_factory", "executor"}
)
"""Keys whose value is the dotted name of a class or a function."""
PYDJANGO = frozenset({"MIDDLEWARE", "MIDDLEWARE_CLASSES", "AUTHENTICATION_BACKENDS", "EMAIL_BACKEND", "SESSION_ENGINE"})
"""Settings of Django whose strings are dotted names."""
PYPROJECT_TABLES = frozenset({"build-system", "project", "dependency-groups", "tool"})
"""Tables of pyproject.toml: what they name is read elsewhere."""
PYTHON_SETTINGS = ("settings", "config", "configuration", "conf", "base", "logging_config", "log_config", "local")
"""Names of sources, or of their folders, that hold settings."""
PYTHON_TELLING = ("dictConfig", "INSTALLED_APPS", "MIDDLEWARE", "DATABASES", "CACHES", "AUTHENTICATION_BACKENDS")
"""Words of a source that holds settings."""
PYTHON_TELLING_TOO = ("LOGGING", "CELERY", "REST_FRAMEWORK", "worker_class", "DEFAULT_FILE_STORAGE", "STORAGES")
