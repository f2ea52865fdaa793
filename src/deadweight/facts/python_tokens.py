"""The tokens of a Python source that tell code from what stands in it as text: strings, comments, imports.

Each way in which a token goes on begins with one character that is written out: the search runs over all others at once
instead of trying every way at each place, which takes four times as long. No repetition gives up what it took.
"""

from __future__ import annotations

import re

_LONG = (
    rb'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""',
    rb"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''",
)
_TEXTS = (rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"', rb"'([^'\\\n]*+(?:\\.[^'\\\n]*+)*+)'")
_NAME = rb"(\.{0,3}[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*(?:\.\w+)*)?)"
_NAMES = (rb'"%s"' % _NAME, rb"'%s'" % _NAME, *(text.replace(b"(", b"(?:", 1) for text in _TEXTS))
_IMPORT = (
    rb"[ \t\f]*(?=import|from|lazy)(?:lazy[ \t]+)?(?:from[ \t]*(?:\.[. \t]*)?[ \t]*[\w.]*[ \t]*)?\bimport\b[ \t]*"
    rb"(?:\([^)#]*(?:#[^\n]*[^)#]*)*\)|[^\n;#\\]*(?:\\\r?\n[^\n;#\\]*)*)()"
)
_SKIPPED = (
    rb"\n([ \t]*)(?:if|elif)\b([^\n]*T(?<=\bT)YPE_CHECKING\b[^\n]*:[^\n]*"
    rb"|[ \t]+(?:sys\.platform|os\.name)[ \t]*(?:==[ \t]*|\.startswith\()['\"](?:win\w*|cygwin|nt|darwin|java)['\"]"
    rb"[^\n]*:[^\n]*)"
)
SKIPPING = (b"TYPE_CHECKING", b"sys.platform", b"os.name")
"""One of these stands in each source that has a block which never runs here."""


def _token(*strings: bytes, skipped: tuple[bytes, ...] = ()) -> re.Pattern[bytes]:
    imports = (sign + _IMPORT for sign in (rb"\n", b";", b":"))
    return re.compile(b"|".join((*_LONG, *strings, rb"#[^\n]*+", *imports, *skipped)), re.DOTALL)


TOKEN = _token(*_NAMES)
"""The last group is one of STRINGS for a string that reads as a name, one up to IMPORT for an import, none for others.

A name may have dots before it and in it, and an attribute behind a colon. An import begins with what is before it: the
end of a line, a semicolon or a colon.
"""
TOKEN_WITH_SKIPPED = _token(*_NAMES, skipped=(_SKIPPED,))
"""The same with the first line of blocks that only type checkers or other systems read: INDENT and CONDITION of it."""
TOKEN_WITH_TEXTS = _token(*_TEXTS, skipped=(_SKIPPED,))
"""The same where STRINGS are all that stand on one line."""
STRINGS, IMPORT, INDENT, CONDITION = 2, 5, 6, 7
STATEMENT = re.compile(
    rb"([\n;:][ \t\f]*)(?:lazy[ \t]+)?(?:from[ \t]*(\.[. \t]*)?[ \t]*([\w.]*)[ \t]*)?\bimport\b[ \t]*"
    rb"(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n;#\\]|\\\r?\n)*)",
    re.DOTALL,
)
"""What the token of an import says: what is before it, the dots and the module behind `from`, and what is imported."""
