"""Which distribution speaks what the scheme of a URL names.

Sources: docs.sqlalchemy.org/en/20/dialects (dialect and driver names, and the default driver of each dialect);
docs.celeryq.dev/projects/kombu/en/stable/userguide/connections.html (transports); filesystem-spec.readthedocs.io/en/
latest/api.html (known_implementations); requests.readthedocs.io/en/latest/user/advanced/#socks;
www.mongodb.com/docs/languages/python/pymongo-driver (mongodb+srv needs dnspython); github.com/jazzband/dj-database-url.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NAMED = """
    postgresql+psycopg2=psycopg2|psycopg2-binary postgres+psycopg2=psycopg2|psycopg2-binary
    postgresql+psycopg=psycopg|psycopg-binary postgresql+psycopg_async=psycopg|psycopg-binary
    postgresql+asyncpg=asyncpg postgres+asyncpg=asyncpg postgresql+pg8000=pg8000 postgresql+psycopg2cffi=psycopg2cffi
    mysql+pymysql=pymysql mysql+mysqldb=mysqlclient mysql+aiomysql=aiomysql mysql+asyncmy=asyncmy
    mysql+mysqlconnector=mysql-connector-python mysql+pyodbc=pyodbc mysql+cymysql=cymysql
    mariadb+pymysql=pymysql mariadb+mariadbconnector=mariadb mariadb+aiomysql=aiomysql mariadb+asyncmy=asyncmy
    sqlite+aiosqlite=aiosqlite sqlite+pysqlcipher=sqlcipher3
    oracle+oracledb=oracledb oracle+cx_oracle=cx-oracle oracle+oracledb_async=oracledb
    mssql+pyodbc=pyodbc mssql+pymssql=pymssql mssql+aioodbc=aioodbc
    snowflake=snowflake-sqlalchemy bigquery=sqlalchemy-bigquery redshift+psycopg2=sqlalchemy-redshift
    redshift+redshift_connector=sqlalchemy-redshift clickhouse+native=clickhouse-sqlalchemy
    clickhouse+asynch=clickhouse-sqlalchemy clickhousedb=clickhouse-connect
    cockroachdb=sqlalchemy-cockroachdb duckdb=duckdb-engine awsathena+rest=pyathena trino=trino
    databricks=databricks-sqlalchemy|databricks-sql-connector presto=pyhive hive=pyhive firebird=sqlalchemy-firebird
    teradatasql=teradatasqlalchemy hana=sqlalchemy-hana hana+hdbcli=sqlalchemy-hana
    vertica+vertica_python=vertica-python
    s3=s3fs|boto3|smart-open|cloudpathlib|awswrangler|aiobotocore s3a=s3fs gs=gcsfs|google-cloud-storage|cloudpathlib
    gcs=gcsfs abfs=adlfs abfss=adlfs az=adlfs|azure-storage-blob adl=adlfs hf=huggingface-hub
    redis=redis|aioredis|django-redis|redis-py-cluster rediss=redis|aioredis|django-redis
    redis+sentinel=redis amqp=amqp|pika|aio-pika|kombu|celery amqps=pika|aio-pika|kombu pyamqp=celery|kombu sqs=boto3
    mongodb=pymongo|motor|mongoengine|beanie mongodb+srv=pymongo|dnspython
    memcached=pymemcache|python-memcached|pylibmc pymemcache=pymemcache
    kafka=confluent-kafka|kafka-python|aiokafka nats=nats-py mqtt=paho-mqtt|aiomqtt
    neo4j=neo4j bolt=neo4j neo4j+s=neo4j elasticsearch=elasticsearch ldap=python-ldap|ldap3 ldaps=python-ldap|ldap3
    sftp=paramiko|asyncssh ssh=paramiko|asyncssh smb=smbprotocol hdfs=pyarrow|hdfs webhdfs=requests
    socks5=pysocks|socksio|httpx-socks|aiohttp-socks|python-socks socks5h=pysocks|socksio|aiohttp-socks
    socks4=pysocks|socksio|aiohttp-socks cassandra=cassandra-driver couchbase=couchbase influxdb=influxdb
"""
DRIVERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {scheme: tuple(names.split("|")) for scheme, _, names in (row.partition("=") for row in _NAMED.split())}
)
"""Distributions by scheme: one is needed, several are hints, for any of them would do."""
_DEFAULTS = """
    postgresql=psycopg2|psycopg2-binary|psycopg|psycopg-binary|asyncpg|pg8000
    postgres=psycopg2|psycopg2-binary|psycopg|psycopg-binary|asyncpg|pg8000
    postgis=psycopg2|psycopg2-binary|psycopg mysql=mysqlclient|pymysql|aiomysql|asyncmy mariadb=mariadb|pymysql
    oracle=oracledb|cx-oracle mssql=pyodbc|pymssql|mssql-django redshift=redshift-connector|psycopg2|psycopg2-binary
    clickhouse=clickhouse-driver|clickhouse-connect|clickhouse-sqlalchemy"""
DEFAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {scheme: tuple(names.split("|")) for scheme, _, names in (row.partition("=") for row in _DEFAULTS.split())}
)
"""Distributions by a scheme that leaves the driver to whoever reads it."""


def drivers_of(scheme: str) -> tuple[str, ...]:
    """The distributions of which one speaks the scheme, empty where none has to."""
    return DRIVERS.get(scheme) or DEFAULTS.get(scheme) or DEFAULTS.get(scheme.partition("+")[0], ())
