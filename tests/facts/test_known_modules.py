from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from deadweight.facts.known_modules import family, is_namespace, known_modules


@pytest.mark.parametrize(
    ("module", "name"),
    [("cv2", "opencv-python"), ("PIL", "pillow"), ("yaml", "pyyaml"), ("sklearn", "scikit-learn"), ("numpy", "numpy"),
     ("bs4", "beautifulsoup4"), ("dateutil", "python-dateutil"), ("attr", "attrs"), ("google.protobuf", "protobuf"),
     ("jwt", "pyjwt"), ("dotenv", "python-dotenv"), ("MySQLdb", "mysqlclient")],
)  # fmt: skip
def test_a_well_known_module_has_its_distribution(module: str, name: str) -> None:
    assert known_modules()[module] == name


def test_every_name_is_normalised_and_every_module_can_be_imported() -> None:
    for module, name in known_modules().items():
        assert name == canonicalize_name(name)
        assert all(part.isidentifier() for part in module.split("."))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("google.cloud.pubsublite.types", "google-cloud-pubsublite"),
        ("google.cloud.tasks_v2", "google-cloud-tasks"),
        ("azure.mgmt.compute.models", "azure-mgmt-compute"),
        ("azure.quantum", "azure-quantum"),
        ("opentelemetry.instrumentation.fastapi", "opentelemetry-instrumentation-fastapi"),
        ("opentelemetry.trace", "opentelemetry-api"),
        ("airflow.providers.cncf.kubernetes", "apache-airflow-providers-cncf-kubernetes"),
        ("zope.interface", "zope-interface"),
        ("mypy_boto3_ec2.client", "mypy-boto3-ec2"),
        ("flask_babel", "flask-babel"),
        ("numpy.random", ""),
    ],
)
def test_a_family_names_its_members(module: str, name: str) -> None:
    assert family(module) == name


def test_shared_packages_are_nobodys() -> None:
    assert is_namespace("google.cloud")
    assert is_namespace("azure")
    assert not is_namespace("numpy")
