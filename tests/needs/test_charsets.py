"""Which character sets stay: all, where code may decode by a name from outside; else those that are named."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.facts.known_charsets import is_rare, stated, takes_any
from deadweight.needs.charsets import NEED as CHARSETS
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS
from deadweight.needs.startup import NEED as STARTUP

LIBRARY = {
    f"usr/lib/python3.11/{name}.py": b"" for name in ("os", "site", "encodings/aliases", "encodings/utf_8", "zipfile")
} | {
    "usr/lib/python3.11/encodings/__init__.py": b"import codecs\n__import__('encodings.' + name)\n",
    "usr/lib/python3.11/encodings/gb2312.py": b"import _codecs_cn, codecs\n",
    "usr/lib/python3.11/encodings/cp866.py": b"",
    "usr/lib/python3.11/encodings/cp437.py": b"",
    "usr/lib/python3.11/lib-dynload/_codecs_cn.cpython-311-x86_64-linux-gnu.so": b"",
}
RARE = {"gb2312.py", "cp866.py", "_codecs_cn.cpython-311-x86_64-linux-gnu.so"}
FLASK = distribution_files(SITE, "flask", "3.1", files={"flask/__init__.py": b"def f(b, charset): b.decode(charset)\n"})
OLD = distribution_files(SITE, "werkzeug", "2.3", files={"werkzeug/__init__.py": b""})
OTHER = distribution_files(SITE, "parser", files={"parser/__init__.py": b""})
NATIVE = distribution_files(SITE, "driver", files={"driver.cpython-311-x86_64-linux-gnu.so": b"\x7fELF"})


def kept(app: bytes, **environment: str) -> set[str]:
    """The files of rare character sets that the application reaches."""
    scene = entered({"app.py": app, **LIBRARY, **FLASK, **OLD, **OTHER, **NATIVE}, **environment)
    found = reached(scene, [ENTRANCES, IMPORTS, STARTUP, CHARSETS])
    assert "usr/lib/python3.11/encodings/cp437.py" in found
    assert "usr/lib/python3.11/encodings/utf_8.py" in found
    return RARE & {path.rpartition("/")[2] for path in found}


@pytest.mark.parametrize(
    "source",
    [
        b"import flask\n",
        b"import flask\nx = open('notes.txt', encoding='utf-8').read()\n",
        b"import json\nx = b'a'.decode('latin-1')\ny = b'a'.decode()\n",
        b'"""Speaks of charset and codecs."""\nimport flask  # .decode(name)\n',
    ],
)
def test_none_stays_where_nothing_decodes_by_a_name_from_outside(source: bytes) -> None:
    assert kept(source) == set()


@pytest.mark.parametrize(
    "source",
    [
        b"import flask\ndef f(body, name): return body.decode(name)\n",
        b"def f(request): return open('x', encoding=request.args['e'])\n",
        b"def f(body, name): return str(body, name)\n",
        b"import codecs\n",
        b"from email.message import Message\n",
        b"import xml.etree.ElementTree\n",
        b"from urllib.request import urlopen\n",
        b"import importlib\nimportlib.import_module(name)\n",
        b"import parser\n",
        b"import werkzeug\n",
        b"import driver\n",
    ],
)
def test_all_stay_where_something_may_and_where_nothing_is_known_of_a_library(source: bytes) -> None:
    assert kept(source) == RARE


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"x = b'a'.decode('cp866')\n", {"cp866.py"}),
        (b"x = open('x', encoding='GB2312')\n", RARE - {"cp866.py"}),
        (b"# -*- coding: cp866 -*-\nimport flask\n", {"cp866.py"}),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp866 :\n", {"cp866.py"}),
        (b"x = b'a'.decode('866')\n", set()),
    ],
)
def test_one_that_the_application_states_stays_with_what_it_is_made_of(source: bytes, names: set[str]) -> None:
    assert kept(source) == names


@pytest.mark.parametrize(
    ("variable", "value", "all_stay"),
    [
        ("LANG", "C.UTF-8", False),
        ("LANG", "de_DE.utf8", False),
        ("LC_ALL", "POSIX", False),
        ("LANG", "ja_JP.eucJP", True),
        ("PYTHONIOENCODING", "cp866", True),
        ("PYTHONIOENCODING", "utf-8:replace", False),
    ],
)
def test_the_environment_may_state_another(variable: str, value: str, all_stay: bool) -> None:
    assert kept(b"import flask\n", **{variable: value}) == (RARE if all_stay else set())


def test_bytecode_of_the_application_without_its_source_may_decode_anything() -> None:
    scene = entered({"app.pyc": b"x", "lib.pyc": b"x", "lib.py": b"", **LIBRARY})
    assert {step.path.rpartition("/")[2] for step in CHARSETS.follow(scene, "app.pyc")} >= {"gb2312.py"}
    again = entered({"lib.pyc": b"x", "lib.py": b"", **LIBRARY})
    assert not list(CHARSETS.follow(again, "lib.pyc"))


def test_common_ones_and_codecs_that_are_no_character_sets_are_never_rare() -> None:
    for name in (
        "utf_8",
        "utf_16_le",
        "ascii",
        "latin_1",
        "iso8859_1",
        "cp437",
        "cp1252",
        "idna",
        "punycode",
        "hex_codec",
    ):
        assert not is_rare(name)
    for name in ("cp932", "shift_jis", "euc_kr", "koi8_r", "mac_arabic", "iso2022_jp", "big5hkscs", "gb18030", "hz"):
        assert is_rare(name)


def test_words_and_aliases_name_a_character_set() -> None:
    assert set(stated(b"a = 'Shift_JIS'\nb = 'windows-1251'\nc = 'utf-8'\n")) == {"shift_jis", "cp1251"}
    assert not takes_any(b"x.encode('utf-8')\nx.decode()\nopen(path)\n")
