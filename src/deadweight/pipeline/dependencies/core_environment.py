"""The fresh environment of the core list, in the place of the project's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.errors import DeadweightError, Lacking
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.split_order import Lists, SplitOrder
from deadweight.pipeline.dependencies.splitting import core_of, resolved_lists
from deadweight.pipeline.dependencies.stands import Grounds
from deadweight.requirements.index_options import index_options
from deadweight.requirements.resolving.fresh import add_project, fill_environment, make_environment, weight
from deadweight.requirements.uv import Uv
from deadweight.sandbox.stand import Stand


@dataclass(frozen=True, slots=True)
class CoreEnvironment:
    """What it is made with and from: `room` is a folder for it and for the project's files."""

    uv: Uv
    judged: Judged
    order: SplitOrder
    room: Path
    ground: Grounds | None = None

    def on(self, ground: Grounds) -> CoreEnvironment:
        """The same, on the ground where it is to stand."""
        return replace(self, ground=ground)

    @property
    def _ground(self) -> Grounds:
        assert self.ground is not None, "it stands on a ground before it is used"
        return self.ground

    @property
    def after(self) -> Stand:
        """Where the project runs with it."""
        return self._ground.after

    @property
    def before_bytes(self) -> int:
        """The bytes of the environment that the project has."""
        return self._ground.before_bytes

    def begin(self) -> None:
        """Make it, empty."""
        make_environment(self.uv, self._ground.fresh, self._ground.python)

    def fill(self, lists: Lists) -> None:
        """Have it hold the core list's exact versions, and the project itself where its own environment has it."""
        here = core_of(self.uv, self.judged, self._here(), lists)
        fill_environment(self.uv, self._ground.fresh, here, tuple(self._options()))
        if self._has_project():
            self._add_project()

    def resolved(self, lists: Lists) -> Lists:
        """The lists with the exact versions of what is in them now."""
        return resolved_lists(self.uv, self.judged, self.order, lists.split)

    def weight(self) -> int:
        """Its bytes."""
        return weight(self._ground.fresh)

    def _here(self) -> SplitOrder:
        """The order for this machine and the Python of the project's environment, whatever the lists are for."""
        environment = self.judged.project.environment
        python = environment.markers.get("python_version", "") if environment else ""
        wish = replace(self.order.wish, platforms=(), pythons=(python,) if python else ())
        return replace(self.order, wish=wish)

    def _options(self) -> Iterator[str]:
        """The options that name indexes; whether pre-releases count says nothing to exact versions."""
        stated = self.judged.project.declarations
        words = (*index_options(self.judged.folder, stated.files), *self.order.wish.options)
        skipped = False
        for word in words:
            if not skipped and word != "--prerelease":
                yield word
            skipped = word == "--prerelease"

    def _has_project(self) -> bool:
        project = self.judged.project
        return bool(project.environment and project.declarations.name in project.environment.by_name)

    def _add_project(self) -> None:
        try:
            add_project(self.uv, self._ground.fresh, self.after.root, tuple(self._options()))
        except DeadweightError as fault:
            raise Lacking(
                f"the project itself cannot be installed beside its core list: {fault.what}",
                advice="Leave the proof out, or make what its build needs available.",
            ) from fault
