"""Globs over plain paths: `*` crosses no slash, `**/` any number of directories, `?` is one character."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from deadweight.core.errors import UsageError

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^]!][^]]*\]|.", re.DOTALL)
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def expression(glob: str) -> str:
    """The regular expression of one glob; a glob that ends with `/` means all that lies under it."""
    whole = glob + "**" if glob.endswith("/") else glob
    return "".join(_piece(token) for token in _TOKEN.findall(whole))


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path as a whole matches any of the globs; nothing matches none.

    Most paths are turned away by the plain text that a glob ends with, or else starts with: 100 000 cost some 50 ms.
    """
    wanted = tuple(dict.fromkeys(globs))
    if not wanted:
        return lambda path: False
    match = _compiled("|".join(f"(?:{expression(one)})" for one in wanted)).fullmatch
    tails = _shortest(tail for one in wanted if (tail := _tail(one)))
    heads = tuple(_head(one) for one in wanted if not _tail(one))
    return lambda path: (path.endswith(tails) or path.startswith(heads)) and match(path) is not None


def _compiled(whole: str) -> re.Pattern[str]:
    try:
        return re.compile(whole, re.DOTALL)
    except re.error as error:
        raise UsageError(
            f"a glob cannot be read: {error}", advice="A range in brackets goes upwards: [a-z]."
        ) from error


def _tail(glob: str) -> str:
    """The plain text that every match of the glob ends with."""
    return "" if glob.endswith("/") else re.split(r"[*?\]/]", glob)[-1]


def _head(glob: str) -> str:
    """The plain text that every match of the glob starts with."""
    return re.split(r"[*?[]", glob)[0]


def _shortest(tails: Iterable[str]) -> tuple[str, ...]:
    """The tails without those that end with another of them."""
    kept: list[str] = []
    for tail in sorted(set(tails), key=len):
        if not tail.endswith(tuple(kept)):
            kept.append(tail)
    return tuple(kept)


def _piece(token: str) -> str:
    if len(token) < 3 or not token.startswith("["):
        return _MEANING.get(token, re.escape(token))
    negated = token[1] == "!"
    inside = re.escape(token[1 + negated : -1])
    inside = re.sub(r"(?<=[^-])\\-(?=[^\\])", "-", inside)
    return f"[^/{inside}]" if negated else f"(?!/)[{inside}]"
