"""Globs over plain paths: `*` crosses no slash, `**/` any number of directories, `?` is one character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[[^]]+\]|.", re.DOTALL)
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def expression(glob: str) -> str:
    """The regular expression of one glob; a glob that ends with `/` means all that lies under it."""
    whole = glob + "**" if glob.endswith("/") else glob
    return "".join(_piece(token) for token in _TOKEN.findall(whole))


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path as a whole matches any of the globs; nothing matches none."""
    expressions = [expression(glob) for glob in globs]
    if not expressions:
        return lambda path: False
    match = re.compile("|".join(f"(?:{one})" for one in expressions), re.DOTALL).fullmatch
    return lambda path: match(path) is not None


def _piece(token: str) -> str:
    if len(token) > 1 and token.startswith("["):
        return "[^" + token[2:] if token.startswith("[!") else token
    return _MEANING.get(token, re.escape(token))
