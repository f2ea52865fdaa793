"""What a failed run says that it lacks, put to the distribution that has it."""

from __future__ import annotations

import pytest

from deadweight.core.environment import Environment, Installed
from deadweight.dependencies.missing import missing

WHOLE = Environment(
    ".venv",
    (
        Installed("pyyaml", "6.0", "", modules=frozenset({"yaml", "yaml.loader"})),
        Installed(
            "google-cloud-storage", "3.0", "", modules=frozenset({"google", "google.cloud", "google.cloud.storage"})
        ),
        Installed("google-auth", "2.0", "", modules=frozenset({"google", "google.auth"})),
        Installed("gunicorn", "23", "", modules=frozenset({"gunicorn"}), commands=frozenset({"gunicorn"})),
        Installed("python-multipart", "1", "", modules=frozenset({"python_multipart", "multipart"})),
    ),
)


def first(text: str) -> tuple[tuple[str, str], ...]:
    return next((found for found in missing([text], WHOLE) if found), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ModuleNotFoundError: No module named 'yaml'", ("pyyaml", "yaml")),
        (
            "import x: ModuleNotFoundError: No module named 'yaml.loader'; 'yaml' is not a package",
            ("pyyaml", "yaml.loader"),
        ),
        ("No module named 'google.cloud.storage'", ("google-cloud-storage", "google.cloud.storage")),
        ("python: No module named gunicorn", ("gunicorn", "gunicorn")),
        ("PackageNotFoundError: No package metadata was found for pyyaml", ("pyyaml", "pyyaml")),
        ("Missing optional dependency 'yaml'. Use pip or conda", ("pyyaml", "yaml")),
        ('Form data requires "python-multipart" to be installed.', ("python-multipart", "python-multipart")),
        ("sh: 1: gunicorn: not found", ("gunicorn", "gunicorn")),
        ("bwrap: execvp gunicorn: No such file or directory", ("gunicorn", "gunicorn")),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/app/.venv/bin/gunicorn'", ("gunicorn", "gunicorn")),
        ("hint: pip install pyyaml", ("pyyaml", "pyyaml")),
    ],
)
def test_each_way_to_say_so_is_understood(text: str, found: tuple[str, str]) -> None:
    assert first(text) == (found,)


@pytest.mark.parametrize("text", ["", "all is well", "No module named 'elsewhere'", "nothing: not found"])
def test_what_the_whole_environment_has_not_either_is_nobody_s(text: str) -> None:
    assert first(text) == ()


def test_a_module_is_surer_than_advice() -> None:
    assert first("No module named 'yaml'\nhint: pip install gunicorn") == (("pyyaml", "yaml"),)
