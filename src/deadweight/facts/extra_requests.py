"""Whether a project asks for a distribution with extras: those may bring what else is used."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deadweight.core.project import Project


def is_asked_with_extras(project: Project, names: Iterable[str]) -> bool:
    """Whether one of the distributions is declared with an extra, as in `fastapi[standard]`."""
    wanted = {re.sub(r"[-_.]+", "-", name).lower() for name in names}
    return any(one.name in wanted and "[" in one.requirement.partition(";")[0] for one in project.declarations.items)
