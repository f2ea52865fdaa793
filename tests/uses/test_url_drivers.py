from __future__ import annotations

import pytest

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.url_drivers import EVIDENCE


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("app/db.py", "engine = create_async_engine('postgresql+asyncpg://u:p@h/d')", {"asyncpg"}),
        ("app/db.py", "URL.create('mysql+pymysql', host='h')", {"pymysql"}),
        ("app/db.py", "URL.create(drivername='mssql+pyodbc')", {"pyodbc"}),
        ("alembic.ini", "[alembic]\nsqlalchemy.url = sqlite+aiosqlite:///x.db\n", {"aiosqlite"}),
        (".env.example", "DATABASE_URL=oracle+oracledb://x", {"oracledb"}),
        ("docker-compose.yml", "services:\n  web:\n    environment:\n      A: mysql+aiomysql://db/x", {"aiomysql"}),
        ("config.toml", "url = 'duckdb:///x'", {"duckdb-engine"}),
    ],
)
def test_finds_the_driver_that_a_url_names(path: str, text: str, wanted: set[str]) -> None:
    assert subjects(EVIDENCE, project_of({path: text}), Strength.NEEDED) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("'postgresql://h/d'", {"psycopg2", "psycopg2-binary", "psycopg", "asyncpg"}),
        ("'postgresql+psycopg2://h/d'", {"psycopg2", "psycopg2-binary"}),
        ("'redis://h/0'", {"redis"}),
        ("'amqp://h'", {"pika", "kombu"}),
        ("'s3://bucket/x.parquet'", {"s3fs", "boto3"}),
        ("'mongodb+srv://h'", {"pymongo", "dnspython"}),
        ("{'https': 'socks5://h:1'}", {"pysocks"}),
    ],
)
def test_finds_a_hint_for_each_that_would_do(text: str, wanted: set[str]) -> None:
    project = project_of({"a.py": f"x = 1\ny = {text}\n"})
    assert wanted <= subjects(EVIDENCE, project, Strength.HINT)
    assert not subjects(EVIDENCE, project, Strength.NEEDED)
    assert set(lines(EVIDENCE, project).values()) == {2}


def test_finds_that_a_url_of_tests_is_for_tests() -> None:
    assert roles(EVIDENCE, project_of({"tests/a.py": "'sqlite+aiosqlite://'"})) == {"aiosqlite": Role.TEST}


def test_leaves_urls_of_the_web_and_schemes_within_words() -> None:
    text = "'https://x.org' 'http://s3.x' 'sqlite:///a.db' 'file:///x' 'mys3://b' 'x-redis://h' git+ssh://x"
    assert subjects(EVIDENCE, project_of({"a.py": f"a = '''{text}'''", "uv.lock": "postgresql+asyncpg://"})) == set()
