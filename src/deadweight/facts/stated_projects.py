"""The projects whose lists of requirements and locks lie in the artifact, and what those say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from deadweight.core.entry import Kind
from deadweight.core.errors import DeadweightError
from deadweight.core.gap import Gap
from deadweight.core.owner import OwnerKind
from deadweight.core.requirement import Declarations, Lock
from deadweight.core.scene import Fact, Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.suites import is_test
from deadweight.requirements.declarations import declarations, readers
from deadweight.requirements.locked import lock_readers, locks
from deadweight.requirements.project_files import is_called
from deadweight.requirements.roles import role_of_folder

_PACKAGED = (OwnerKind.DISTRIBUTION, OwnerKind.OS_PACKAGE, OwnerKind.CONDA, OwnerKind.NPM, OwnerKind.INTERPRETER)
_MOST = 16 << 20


@dataclass(frozen=True, slots=True)
class StatedProject:
    """One project by the folder that it lies in, empty for the root; places are relative to that folder."""

    folder: str
    declarations: Declarations
    locks: tuple[Lock, ...]

    def path(self, inner: str) -> str:
        """The path in the artifact of a file of the project."""
        return f"{self.folder}/{inner}" if self.folder else inner


def _projects(scene: Scene) -> tuple[StatedProject, ...]:
    wanted = _stating(scene)
    scene.ask(BODIES).fetch(wanted)
    return tuple(project for folder in _folders(wanted) if (project := _read(scene, folder, wanted)))


def _stating(scene: Scene) -> tuple[str, ...]:
    """The paths that state requirements or lock them, what packages and tests bring left out; no Python is read."""
    lists, held = (reader.names for reader in readers()), (reader.names for reader in lock_readers())
    names = [name for several in (*lists, *held) for name in several if not name.endswith(".py")]
    return tuple(
        entry.path
        for entry in scene.listing.entries
        if entry.kind is Kind.FILE
        and entry.size <= _MOST
        and entry.path.endswith((".txt", ".in", ".toml", ".lock", ".cfg", ".yml", ".yaml", "Pipfile"))
        and is_called(entry.path, names)
        and not is_test(entry.path)
        and scene.ownership.of(entry.path).kind not in _PACKAGED
    )


def _folders(paths: Iterable[str]) -> list[str]:
    """The outermost folders of the paths; one called requirements, docs or the like belongs to what is above."""
    found = {_folder(path) for path in paths}
    return sorted(folder for folder in found if not any(_is_below(folder, other) for other in found))


def _folder(path: str) -> str:
    above = PurePosixPath(path).parent
    while above.name in ("requirements", "reqs") or (above.name and role_of_folder(f"{above.name}/list")):
        above = above.parent
    return "" if above.as_posix() == "." else above.as_posix()


def _is_below(folder: str, other: str) -> bool:
    return folder != other and (not other or folder.startswith(f"{other}/"))


def _read(scene: Scene, folder: str, paths: Iterable[str]) -> StatedProject | None:
    """The project, None where its files are broken or not whole, which is noted."""
    inner = {path.removeprefix(f"{folder}/"): path for path in paths if not folder or path.startswith(f"{folder}/")}
    try:
        with TemporaryDirectory(prefix="deadweight-lists-") as room:
            _laid_out(scene, Path(room), inner)
            return StatedProject(folder, declarations(Path(room), inner), locks(Path(room), inner))
    except DeadweightError as error:
        scene.note(Gap("requirements", folder or "/", error.what))
        return None


def _laid_out(scene: Scene, room: Path, inner: Mapping[str, str]) -> None:
    for name, body in _bodies(scene, inner):
        place = room / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)


def _bodies(scene: Scene, inner: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    bodies = scene.ask(BODIES)
    for name, path in inner.items():
        body = bodies.read(path)
        if body is not None:
            yield name, body


STATED_PROJECTS: Fact[tuple[StatedProject, ...]] = Fact("stated projects", _projects)
