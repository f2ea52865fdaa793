"""The modules of the standard library that the interpreter imports by itself, and that its C code asks for by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_STARTING = """
    __future__ _collections_abc _sitebuiltins _weakrefset abc ast codecs collections collections.abc contextlib copyreg
    enum functools genericpath heapq io keyword linecache locale ntpath operator os posixpath re reprlib runpy pkgutil
    signal site sitecustomize usercustomize stat struct sysconfig threading token tokenize traceback types typing
    warnings _py_warnings weakref zipimport textwrap _colorize colorsys
    importlib importlib._abc importlib._bootstrap importlib._bootstrap_external importlib.abc importlib.machinery
    importlib.util importlib.metadata importlib.resources importlib.readers
    datetime _pydatetime _strptime _datetime calendar decimal numbers stringprep unicodedata
    concurrent.futures concurrent.futures.thread concurrent.futures.process pickle _compat_pickle _pickle
    select socket selectors subprocess _posixsubprocess random hashlib bisect
    re._casefix re._compiler re._constants re._parser sre_compile sre_constants sre_parse
    encodings.aliases json.decoder math _struct zlib"""
STARTING: tuple[str, ...] = tuple(dict.fromkeys(_STARTING.split()))
"""What is imported before a program's first line, by an error's report, and by C code that any program can run.

Sources: Lib/site.py and Python/pylifecycle.c (start), Python/traceback.c and pythonrun.c (traceback, linecache, token),
Python/_warnings.c (warnings), Modules/_datetimemodule.c and timemodule.c (_strptime), Objects/unicodeobject.c
(unicodedata, encodings), Modules/_io (codecs, locale), Objects/typeobject.c (copyreg), Modules/_pickle.c
(_compat_pickle).
"""
STARTING_BEGINNINGS = ("encodings.", "_sysconfigdata", "importlib.metadata.", "importlib.resources.")
"""Beginnings of names that are put together: codecs by their name, the build's variables by the platform."""
_ASKED = {
    "multiprocessing": ("multiprocessing.", "concurrent.futures."),
    "asyncio": ("asyncio.",),
    "sqlite3": ("sqlite3.",),
    "ctypes": ("ctypes.",),
    "xml.etree": ("xml.etree.", "copy"),
    "xml": ("xml.parsers.", "xml.sax.expatreader"),
    "logging": ("logging.",),
    "unittest": ("unittest.",),
    "json": ("json.",),
    "zoneinfo": ("zoneinfo.",),
    "dbm": ("dbm.",),
    "curses": ("curses.",),
    "email": ("email.",),
    "http": ("http.",),
    "urllib": ("urllib.",),
    "concurrent": ("concurrent.futures.",),
    "zipfile": ("zipfile.",),
    "tomllib": ("tomllib.",),
    "html": ("html.",),
    "collections": ("collections.",),
    "wsgiref": ("wsgiref.",),
    "compression": ("compression.",),
    "pathlib": ("pathlib.",),
    "string": ("string.",),
    "sysconfig": ("sysconfig.",),
}
ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(_ASKED)
"""By package: what its C code, its child processes and its lazy parts ask for. Small packages go whole."""
