"""Commands that Python sources start: subprocess, os.system, os.exec*, asyncio's processes, with constant words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from deadweight.core.project import Project, Source
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.called_names import Call, called_names
from deadweight.facts.command_usages import Occasion, text_usages, word_usages

_NAME = "commands of sources"
_LINES = frozenset({"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell", "split"})
_LISTS = frozenset({"run", "call", "check_call", "check_output", "Popen"})
_SPREAD = frozenset({"create_subprocess_exec", "execlp", "execl", "spawnlp"})
_VECTORS = frozenset({"execv", "execvp", "execve", "execvpe", "spawnv", "spawnvp"})
_OF = ("subprocess", "os", "asyncio", "shlex", "sh", "invoke", "fabric", "plumbum", "pexpect")
_TOLD = re.compile(r"\b(?:subprocess|shlex)\b|\bos\.(?:system|popen|exec|spawn)|create_subprocess|\bfrom os\b")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.python:
        source = project.source(path)
        if _TOLD.search(source.text) and path.rpartition("/")[2] != "noxfile.py":
            for call in called_names(source).calls:
                if call.node.args and call.name.partition(".")[0] in _OF:
                    yield from _run(source, call)


def _run(source: Source, call: Call) -> Iterator[Usage]:
    says = f"is started by {call.name}"
    strength = Strength.NEEDED if source.role.runs else Strength.HINT
    occasion = Occasion(_NAME, source.path, says, source.role, strength)
    first = call.node.args[0]
    if call.last in _LISTS and isinstance(first, ast.List | ast.Tuple):
        yield from _words(first.elts, call, occasion)
    elif call.last in _LISTS | _LINES and _text(first):
        yield from text_usages(_text(first), call.node.lineno, occasion)
    elif call.last in _SPREAD:
        yield from _words(call.node.args[call.last != "create_subprocess_exec" :], call, occasion)
    elif call.last in _VECTORS and len(call.node.args) > 1 and isinstance(call.node.args[1], ast.List | ast.Tuple):
        yield from _words([first, *call.node.args[1].elts[1:]], call, occasion)


def _words(nodes: list[ast.expr], call: Call, occasion: Occasion) -> Iterator[Usage]:
    words = [_text(node) for node in nodes]
    if words and words[0]:
        yield from word_usages([word or "…" for word in words], call.node.lineno, occasion)


def _text(node: ast.expr) -> str:
    """The constant text; `sys.executable` is python; a part that is not known stands as `…`."""
    if isinstance(node, ast.Attribute) and node.attr == "executable":
        return "python"
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


EVIDENCE: Evidence = Evidence(_NAME, "what sources start as processes", _find)
