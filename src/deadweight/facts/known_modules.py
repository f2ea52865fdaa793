"""Modules whose distribution is called otherwise, for where no record of an installation can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

_TABLE = """
_cffi_backend=cffi _distutils_hack=setuptools _pytest=pytest acme=dm-acme airflow=apache-airflow
airflow.providers=apache-airflow allauth=django-allauth ansible=ansible-core antlr4=antlr4-python3-runtime
apiclient=google-api-python-client AppKit=pyobjc-framework-cocoa argon2=argon2-cffi attr=attrs aws_cdk=aws-cdk-lib
axes=django-axes azure.ai.formrecognizer=azure-ai-formrecognizer azure.ai.ml=azure-ai-ml
azure.ai.textanalytics=azure-ai-textanalytics azure.appconfiguration=azure-appconfiguration azure.batch=azure-batch
azure.cognitiveservices.speech=azure-cognitiveservices-speech azure.common=azure-common
azure.containerregistry=azure-containerregistry azure.core=azure-core azure.cosmos=azure-cosmos
azure.data.tables=azure-data-tables azure.eventgrid=azure-eventgrid azure.eventhub=azure-eventhub
azure.functions=azure-functions azure.identity=azure-identity azure.keyvault.certificates=azure-keyvault-certificates
azure.keyvault.keys=azure-keyvault-keys azure.keyvault.secrets=azure-keyvault-secrets
azure.monitor.opentelemetry=azure-monitor-opentelemetry
azure.monitor.opentelemetry.exporter=azure-monitor-opentelemetry-exporter azure.monitor.query=azure-monitor-query
azure.search.documents=azure-search-documents azure.servicebus=azure-servicebus azure.storage.blob=azure-storage-blob
azure.storage.filedatalake=azure-storage-file-datalake azure.storage.fileshare=azure-storage-file-share
azure.storage.queue=azure-storage-queue azureml.core=azureml-core backports.cached_property=backports-cached-property
backports.tarfile=backports-tarfile backports.zoneinfo=backports-zoneinfo backports.zstd=backports-zstd
barcode=python-barcode bencode=bencode-py bidi=python-bidi Bio=biopython Bio.Seq=biopython bs4=beautifulsoup4
bson=pymongo cairo=pycairo cassandra=cassandra-driver clip=openai-clip clr=pythonnet cms=django-cms
compressor=django-compressor consul=python-consul corsheaders=django-cors-headers crispy_forms=django-crispy-forms
crontab=python-crontab Crypto=pycryptodome Cryptodome=pycryptodomex cudf=cudf-cu12 cuml=cuml-cu12 cupy=cupy-cuda12x
cv2=opencv-python daemon=python-daemon dateutil=python-dateutil dbt=dbt-core dbt.adapters=dbt-adapters
dbus=dbus-python debian=python-debian debug_toolbar=django-debug-toolbar delta=delta-spark demjson=demjson3
digitalocean=python-digitalocean discord=discord-py django_filters=django-filter dns=dnspython docx=python-docx
dotenv=python-dotenv editor=python-editor elasticapm=elastic-apm elftools=pyelftools engineio=python-engineio
environ=django-environ etcd=python-etcd factory=factory-boy faiss=faiss-cpu ffmpeg=ffmpeg-python fitz=pymupdf
Foundation=pyobjc-framework-cocoa fpdf=fpdf2 frontmatter=python-frontmatter functorch=torch gi=pygobject git=gitpython
github=pygithub gitlab=python-gitlab gnupg=python-gnupg google.ads=google-ads
google.ai.generativelanguage=google-ai-generativelanguage google.analytics=google-analytics-data
google.api=googleapis-common-protos google.api_core=google-api-core google.appengine=appengine-python-standard
google.auth=google-auth google.cloud._helpers=google-cloud-core google.cloud.aiplatform=google-cloud-aiplatform
google.cloud.bigquery=google-cloud-bigquery google.cloud.client=google-cloud-core
google.cloud.compute=google-cloud-compute google.cloud.container=google-cloud-container
google.cloud.dataproc=google-cloud-dataproc google.cloud.dlp=google-cloud-dlp
google.cloud.documentai=google-cloud-documentai google.cloud.exceptions=google-cloud-core
google.cloud.firestore=google-cloud-firestore google.cloud.kms=google-cloud-kms
google.cloud.logging=google-cloud-logging google.cloud.monitoring_v3=google-cloud-monitoring
google.cloud.ndb=google-cloud-ndb google.cloud.pubsub=google-cloud-pubsub google.cloud.pubsub_v1=google-cloud-pubsub
google.cloud.run_v2=google-cloud-run google.cloud.scheduler=google-cloud-scheduler
google.cloud.secretmanager=google-cloud-secret-manager google.cloud.spanner=google-cloud-spanner
google.cloud.speech=google-cloud-speech google.cloud.sql=google-cloud-sql-connector
google.cloud.sql.connector=cloud-sql-python-connector google.cloud.storage=google-cloud-storage
google.cloud.tasks=google-cloud-tasks google.cloud.tasks_v2=google-cloud-tasks
google.cloud.texttospeech=google-cloud-texttospeech google.cloud.trace=google-cloud-trace
google.cloud.translate=google-cloud-translate google.cloud.vision=google-cloud-vision google.genai=google-genai
google.generativeai=google-generativeai google.iam=grpc-google-iam-v1 google.longrunning=googleapis-common-protos
google.oauth2=google-auth google.protobuf=protobuf google.resumable_media=google-resumable-media
google.rpc=googleapis-common-protos google.type=googleapis-common-protos googleapiclient=google-api-python-client
graphql=graphql-core gridfs=pymongo grpc=grpcio grpc_channelz=grpcio-channelz grpc_health=grpcio-health-checking
grpc_reflection=grpcio-reflection grpc_status=grpcio-status grpc_testing=grpcio-testing grpc_tools=grpcio-tools
guardian=django-guardian haiku=dm-haiku haystack=django-haystack hcl2=python-hcl2 health_check=django-health-check
hglib=python-hglib ibm_boto3=ibm-cos-sdk imagekit=django-imagekit imblearn=imbalanced-learn
import_export=django-import-export jaraco.classes=jaraco-classes jaraco.collections=jaraco-collections
jaraco.context=jaraco-context jaraco.functools=jaraco-functools jaraco.text=jaraco-text jenkins=python-jenkins
jks=pyjks jnius=pyjnius jose=python-jose jpype=jpype1 jwt=pyjwt kafka=kafka-python keyrings.alt=keyrings-alt
keystoneclient=python-keystoneclient ldap=python-ldap ldapdb=django-ldapdb llama_cpp=llama-cpp-python
magic=python-magic matlab=matlabengine memcache=python-memcached mesonpy=meson-python model_utils=django-model-utils
modelcluster=django-modelcluster mpl_toolkits=matplotlib mptt=django-mptt multipart=python-multipart
mysql=mysql-connector-python mysql.connector=mysql-connector-python MySQLdb=mysqlclient nacl=pynacl nats=nats-py
newspaper=newspaper3k ninja=django-ninja nmap=python-nmap nmb=pysmb novaclient=python-novaclient
oauth2_provider=django-oauth-toolkit objc=pyobjc-core odf=odfpy ogr=gdal onelogin=python3-saml
open_clip=open-clip-torch openbabel=openbabel-wheel OpenGL=pyopengl openid=python3-openid opensearchpy=opensearch-py
OpenSSL=pyopenssl openstack=openstacksdk opentelemetry.baggage=opentelemetry-api
opentelemetry.context=opentelemetry-api opentelemetry.exporter.jaeger=opentelemetry-exporter-jaeger
opentelemetry.exporter.otlp.proto.grpc=opentelemetry-exporter-otlp-proto-grpc
opentelemetry.exporter.otlp.proto.http=opentelemetry-exporter-otlp-proto-http
opentelemetry.exporter.prometheus=opentelemetry-exporter-prometheus
opentelemetry.exporter.zipkin=opentelemetry-exporter-zipkin
opentelemetry.instrumentation=opentelemetry-instrumentation opentelemetry.metrics=opentelemetry-api
opentelemetry.propagate=opentelemetry-api opentelemetry.propagators=opentelemetry-api
opentelemetry.proto=opentelemetry-proto opentelemetry.sdk=opentelemetry-sdk
opentelemetry.semconv=opentelemetry-semantic-conventions opentelemetry.trace=opentelemetry-api osgeo=gdal
paddle=paddlepaddle paho=paho-mqtt paho.mqtt=paho-mqtt parler=django-parler pdfminer=pdfminer-six
pdm.backend=pdm-backend phonenumber_field=django-phonenumber-field PIL=pillow pkg_resources=setuptools
poetry.core=poetry-core polymorphic=django-polymorphic pptx=python-pptx progressbar=progressbar2
psycopg2=psycopg2-binary pwn=pwntools pwnlib=pwntools py.test=pytest pyflink=apache-flink pylab=matplotlib
pythoncom=pywin32 pythonjsonlogger=python-json-logger pywintypes=pywin32 pywt=pywavelets pyximport=cython
Quartz=pyobjc-framework-quartz rapidjson=python-rapidjson readability=readability-lxml rediscluster=redis-py-cluster
rest_framework=djangorestframework rest_framework_nested=drf-nested-routers
rest_framework_simplejwt=djangorestframework-simplejwt rest_framework_swagger=django-rest-swagger
reversion=django-reversion rosetta=django-rosetta ruamel.yaml=ruamel-yaml ruamel.yaml.clib=ruamel-yaml-clib
saml2=pysaml2 serial=pyserial serial_asyncio=pyserial-asyncio silk=django-silk simple_history=django-simple-history
skbio=scikit-bio skbuild=scikit-build skimage=scikit-image sklearn=scikit-learn skopt=scikit-optimize
sksurv=scikit-survival slack=slackclient slugify=python-slugify smb=pysmb snakebite=snakebite-py3 snappy=python-snappy
snowflake.connector=snowflake-connector-python snowflake.sqlalchemy=snowflake-sqlalchemy social_core=social-auth-core
social_django=social-auth-app-django socketio=python-socketio socks=pysocks sockshandler=pysocks sonnet=dm-sonnet
sorl=sorl-thumbnail speech_recognition=speechrecognition stomp=stomp-py storages=django-storages
strawberry=strawberry-graphql suds=suds-community swiftclient=python-swiftclient systemd=systemd-python
taggit=django-taggit talib=ta-lib TCLIService=pyhive telegram=python-telegram-bot tlz=toolz torchgen=torch
tree=dm-tree treebeard=django-treebeard uinput=python-uinput umap=umap-learn usb=pyusb
vcr=vcrpy vertexai=google-cloud-aiplatform vtkmodules=vtk waffle=django-waffle weaviate=weaviate-client
websocket=websocket-client whisper=openai-whisper win32api=pywin32 win32com=pywin32 win32con=pywin32
win32event=pywin32 win32file=pywin32 win32gui=pywin32 win32process=pywin32 win32security=pywin32 win32service=pywin32
win32serviceutil=pywin32 winerror=pywin32 wx=wxpython xdg=pyxdg xdist=pytest-xdist xlib=python-xlib Xlib=python-xlib
yaml=pyyaml zmq=pyzmq zope.component=zope-component zope.deprecation=zope-deprecation zope.event=zope-event
zope.interface=zope-interface zope.schema=zope-schema zope.sqlalchemy=zope-sqlalchemy
"""
_SAME = """
accelerate aiofiles aiohttp aiosqlite albumentations alembic altair amqp ansible_runner anthropic anyio apscheduler
ariadne arrow asyncpg attrs authlib babel bandit bcrypt black bokeh boto3 botocore catboost cattrs celery certifi cffi
chardet charset_normalizer click cloudpickle colorama coverage cryptography dagster dash dask datasets decorator
diffusers dill distributed django dnspython docker docutils dramatiq duckdb einops elasticsearch emoji eventlet fabric
fastapi feedparser filelock fiona flake8 flask flax folium freezegun fsspec gcsfs gensim geopandas gevent gradio
graphene greenlet grequests gspread gunicorn gymnasium h5py html5lib httpcore httplib2 httpx huey hypercorn hyperopt
hypothesis idna imageio importlib_metadata invoke ipykernel ipython ipywidgets isort itsdangerous jax jaxlib jedi
jinja2 joblib jsonschema jupyterlab keras kivy koalas kombu kornia kubernetes langchain lark librosa lightgbm
lightning lime loguru luigi lxml mako markupsafe marshmallow matplotlib mechanize minio mkdocs mlflow mock moto motor
msgpack msgspec mypy nbconvert nbformat netaddr netcdf4 networkx nltk notebook nox numba numpy onnx onnxruntime openai
openpyxl opentelemetry_api optax optuna orjson packaging pandas paramiko parso passlib peewee peft pendulum pexpect
pika pip platformdirs playwright plotly ply polars prefect prometheus_client prompt_toolkit psutil psycopg
psycopg_pool pulumi pyarrow pycparser pycurl pydantic pygame pygments pylint pymongo pymysql pyparsing pyproj pyspark
pytest pytz rapidfuzz rasterio ray redis regex requests responses respx rich rq ruff s3fs s3transfer safetensors
schedule scipy scrapy seaborn selenium sendgrid sentencepiece sentry_sdk setuptools shap shapely simplejson six
soundfile spacy sphinx sqlalchemy starlette statsmodels streamlit stripe structlog sympy tabulate tensorflow termcolor
tiktoken timm tokenizers toml tomli tomlkit toolz torch torchaudio torchvision tornado tortoise tox tqdm transformers
trio tweepy twilio twisted typer typing_extensions tzdata tzlocal ujson ultralytics unidecode urllib3 uvicorn uvloop
virtualenv wandb watchdog watchfiles websockets werkzeug wheel whitenoise wrapt xarray xgboost xlrd xlsxwriter zarr
zeep zipp
"""
"""Those that are called as their distribution is."""

FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"google\.cloud\.(\w+?)(?:_v\d\w*)?(?=\.|$)", r"google-cloud-\1"),
        (r"azure\.mgmt\.(\w+)", r"azure-mgmt-\1"),
        (r"azure\.keyvault\.(\w+)", r"azure-keyvault-\1"),
        (r"azure\.ai\.(\w+)(?:\.(\w+))?", r"azure-ai-\1"),
        (r"azure\.(\w+)", r"azure-\1"),
        (r"opentelemetry\.instrumentation\.(\w+)", r"opentelemetry-instrumentation-\1"),
        (r"opentelemetry\.exporter\.(\w+)", r"opentelemetry-exporter-\1"),
        (r"opentelemetry(?=\.|$)", r"opentelemetry-api"),
        (r"airflow\.providers\.(\w+)\.(\w+)", r"apache-airflow-providers-\1-\2"),
        (
            r"(zope|jaraco|backports|sphinxcontrib|keyrings|ruamel|plone|collective|repoze|nvidia|logilab)\.(\w+)",
            r"\1-\2",
        ),
        (r"mypy_boto3_(\w+)", r"mypy-boto3-\1"),
        (r"types_aiobotocore_(\w+)", r"types-aiobotocore-\1"),
        (r"aws_cdk\.aws_(\w+)", r"aws-cdk-lib"),
        (r"langchain_(\w+)", r"langchain-\1"),
        (r"llama_index\.(\w+)\.(\w+)", r"llama-index-\1-\2"),
        (r"tree_sitter_(\w+)", r"tree-sitter-\1"),
        (r"pulumi_(\w+)", r"pulumi-\1"),
        (r"grpc_(\w+)", r"grpcio-\1"),
        (r"pytest_(\w+)", r"pytest-\1"),
        (r"flask_(\w+)", r"flask-\1"),
        (r"django_(\w+)", r"django-\1"),
        (r"sphinx_(\w+)", r"sphinx-\1"),
        (r"win32\w*(?=\.|$)", r"pywin32"),
        (r"oslo_(\w+)", r"oslo-\1"),
    )
)
"""What a module's name begins with, and the distribution's; names in them are normalised afterwards."""

_NAMESPACES = (
    "google google.cloud google.ai azure azure.storage azure.keyvault azure.mgmt azure.ai azure.monitor azure.data"
    " azure.search azure.cognitiveservices opentelemetry opentelemetry.exporter opentelemetry.exporter.otlp"
    " opentelemetry.exporter.otlp.proto opentelemetry.instrumentation zope jaraco backports sphinxcontrib keyrings"
    " ruamel plone collective repoze nvidia logilab snowflake airflow.providers llama_index ibm databricks dogpile"
    " dbt paho"
)


def is_namespace(module: str) -> bool:
    """Whether several distributions share the package, each with parts of its own."""
    return module in _NAMESPACES.split()


def known_modules() -> Mapping[str, str]:
    """The distribution of each module of the table."""
    same = {name: canonicalize_name(name) for name in _SAME.split()}
    return {**same, **dict(pair.split("=") for pair in _TABLE.split())}


def family(module: str) -> str:
    """The distribution by what the module's name begins with, empty where no family has it."""
    for pattern, name in FAMILIES:
        found = pattern.match(module)
        if found:
            return canonicalize_name(found.expand(name))
    return ""
