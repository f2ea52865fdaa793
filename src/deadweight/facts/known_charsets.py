"""Character sets that programs rarely meet, and what is known to take none from outside.

Python finds a codec by a name that is put together as the program runs: of a header, a document, an argument. Two of
the twelve megabytes of its standard library are tables for the character sets of one system or language each.
"""

from __future__ import annotations

import encodings.aliases
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_COMMON = frozenset(("cp437", "cp1252", "iso8859_1", "iso8859_15"))
"""Those of zip archives, and of most text that is not UTF-8."""
_RARE = re.compile(
    r"cp\d+|iso8859_\d+|koi8_\w+|mac_\w+|big5\w*|euc_\w+|gb\d+|gbk|hz|iso2022_\w+|johab|shift_?jis\w*|kz1048|ptcp154"
    r"|tis_620|palmos|hp_roman8"
)
_PLAIN = {
    "flask": 3,
    "werkzeug": 3,
    "jinja2": 3,
    "click": 8,
    "itsdangerous": 2,
    "markupsafe": 2,
    "blinker": 1,
    "gunicorn": 20,
    "waitress": 2,
}
PLAIN: Mapping[str, int] = MappingProxyType(_PLAIN)
"""Distributions, from a major version on, that decode UTF-8, ASCII and Latin-1 alone unless the application says so.

Werkzeug refuses the other character sets of a form's part and of a parameter (formparser.get_part_charset,
http.parse_options_header); before 3.0 a request could name any.
"""
_FROM_OUTSIDE = re.compile(
    rb"charset|\bcodecs\b|encoding\s*=\s*[^\s\"'b]|\.(?:decode|encode)\(\s*[A-Za-z_]|\bfromfile\b|getpreferredencoding"
    rb"|\b(?:str|bytes|bytearray|open|TextIOWrapper)\([^()\n]*,\s*[A-Za-z_]\w*(?:\[[^\]\n]*\])?\s*[,)]"
    rb"|\b(?:email|xml|mailbox|imaplib|poplib|nntplib|smtplib|cgi|gettext|tokenize|locale|http\.client|urlopen)\b"
    rb"|\burllib\.request\b|\bimport_module\b|__import__|\bexec\(|\beval\("
)
_WORD = re.compile(rb"[A-Za-z][\w.-]*")
_COOKIE = re.compile(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_SEPARATORS = re.compile(r"[^a-z0-9.]+")


def is_rare(module: str) -> bool:
    """Whether the module of `encodings` is that of a character set which is kept only where something asks for it."""
    return _RARE.fullmatch(module) is not None and module not in _COMMON


def takes_any(body: bytes) -> bool:
    """Whether the source decodes or encodes by a name that it does not state, or reads what states one."""
    return _FROM_OUTSIDE.search(body) is not None


def stated(body: bytes) -> Iterator[str]:
    """The modules of the rare ones that words of the source name, its own encoding (PEP 263) among them."""
    cookie = _COOKIE.match(body)
    words = {*_WORD.findall(body), *((cookie[1],) if cookie else ())}
    for word in sorted(words):
        name = _SEPARATORS.sub("_", word.decode("ascii", "replace").lower()).replace(".", "_")
        found = encodings.aliases.aliases.get(name, name)
        if is_rare(found):
            yield found
