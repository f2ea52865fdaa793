"""Stubs go with what they describe: `types-requests` is used where the project asks for requests, or uses it.

Source: typing.python.org/en/latest/spec/distributing.html#stub-only-packages; github.com/python/typeshed (METADATA.toml
gives the distribution that each `types-` one is for).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deadweight.core.project import Project
from deadweight.core.requirement import Declared, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage

_NAME = "stubs"
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "yaml": ("pyyaml",),
        "dateutil": ("python-dateutil",),
        "protobuf": ("protobuf", "grpcio"),
        "attrs": ("attrs",),
        "bs4": ("beautifulsoup4",),
        "pillow": ("pillow",),
        "boto": ("boto",),
        "jose": ("python-jose",),
        "psycopg2": ("psycopg2", "psycopg2-binary"),
        "simplejson": ("simplejson",),
        "redis": ("redis",),
        "cffi": ("cffi",),
        "setuptools": ("setuptools",),
        "six": ("six",),
    }
)
_STUB = re.compile(r"types-(.+)|(.+)-(?:stubs|types)|(boto3)-stubs.*|(mypy-boto3)-.*|(botocore)-stubs")
_BASES = {"mypy-boto3": "boto3"}


def _find(project: Project) -> Iterator[Usage]:
    present = {one.name for one in project.declarations.items}
    imported = {word for path in project.python for word in _imported(project.source(path).text)}
    for one in project.declarations.items:
        base = _base(one.name)
        if base and not one.is_constraint and ({base, *_OTHER_NAMES.get(base, ())} & present or base in imported):
            yield _usage(one, base)


def _base(name: str) -> str:
    found = _STUB.fullmatch(name)
    base = next((part for part in found.groups() if part), "") if found else ""
    return _BASES.get(base, base)


_IMPORT = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)


def _imported(text: str) -> Iterator[str]:
    for found in _IMPORT.finditer(text):
        yield found[1].lower().replace("_", "-")


def _usage(one: Declared, base: str) -> Usage:
    return Usage(f"describes the types of {base}", one.place, _NAME, Role.TYPING, Strength.HINT, distribution=one.name)


EVIDENCE: Evidence = Evidence(_NAME, "stub distributions by what they describe", _find)
