"""What something is for, told by the words of its name: a stage, a target, a job, a session."""

from __future__ import annotations

import re

from deadweight.core.requirement import Role
from deadweight.facts.known_tools import category

_NAMES = (
    (Role.TYPING, r"typ(?:e|es|ing)[_-]?check\w*|types|typing|mypy|pyright|pytype"),
    (Role.TEST, r"tests?|testing|tests?[_-]?\w+|pytest|unit\w*|integration|e2e|smoke|cov|coverage|py\d+|py|pypy\d*"),
    (Role.DOCUMENTATION, r"docs?|documentation|html|sphinx|mkdocs|livehtml|linkcheck|doctest"),
    (Role.BUILD, r"build|builder|building|compile|wheels?|sdist|dist|package|packaging|release|publish|upload|twine"),
    (
        Role.DEVELOPMENT,
        r"lint\w*|format\w*|fmt|style|flake8|pylint|ruff|black|isort|pre[_-]?commit|dev|develop|devel|development|local"
        r"|debug|bench\w*|profil\w*|audit|security|bandit|clean|check|checks|qa|quality|bootstrap",
    ),
)
_PATTERNS = tuple((role, re.compile(f"(?:{words})", re.IGNORECASE)) for role, words in _NAMES)
_BETWEEN = re.compile(r"[^A-Za-z0-9]+")
_OF_TOOLS = {
    "test framework": Role.TEST,
    "linter": Role.DEVELOPMENT,
    "formatter": Role.DEVELOPMENT,
    "type checker": Role.TYPING,
    "documentation generator": Role.DOCUMENTATION,
    "build tool": Role.BUILD,
    "commit hook": Role.DEVELOPMENT,
    "debugger": Role.DEVELOPMENT,
    "profiler": Role.DEVELOPMENT,
}


def role_in(name: str) -> Role | None:
    """The role that the name tells, None where it tells none."""
    whole = next((role for role, words in _PATTERNS if words.fullmatch(name)), None)
    parts = _BETWEEN.split(name)
    return whole or next((role for role, words in _PATTERNS for part in parts if words.fullmatch(part)), None)


def role_of_tool(name: str) -> Role | None:
    """What a tool of development is for by its name, None for all others: notebooks and installers may be a service."""
    return _OF_TOOLS.get(category(name))
