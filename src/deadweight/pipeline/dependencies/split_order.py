"""How a project is split, and the lists with their exact versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.dependencies.splitting import Split
from deadweight.pipeline.dependencies.locking import Form, Wish
from deadweight.requirements.resolving.resolution import Resolved


@dataclass(frozen=True, slots=True)
class SplitOrder:
    """How a project is split: where to, for what, in which form, into `groups` of a pyproject.toml or into files.

    `unsafe` leaves out of the core what may be unused, too.
    """

    out: Path
    wish: Wish
    form: Form = Form.REQUIREMENTS
    groups: bool = False
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists with the exact versions of each."""

    split: Split
    locks: Mapping[str, Resolved]
