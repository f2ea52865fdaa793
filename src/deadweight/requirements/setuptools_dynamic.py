"""What [project] calls dynamic: the files that setuptools or hatch reads it from, and what only the back end knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.requirement import Place, Role
from deadweight.requirements.reading import Reading
from deadweight.requirements.requirement_files import Listed, take
from deadweight.requirements.roles import role_of_extra
from deadweight.requirements.toml_document import Document

_SETUPTOOLS = ("tool", "setuptools", "dynamic")
_HATCH = ("tool", "hatch", "metadata", "hooks", "requirements_txt")


def take_dynamic(toml: Document, reading: Reading) -> tuple[str, ...]:
    """Take what the files that stand for dynamic fields ask for, and give the names of the extras among it.

    The files are read whether or not there is a [build-system] table: setuptools is what builds where there is none.
    """
    named = dict(_named(toml))
    for extra, stated in named.items():
        role = role_of_extra(extra) if extra else Role.CORE
        for path, place in _files(stated, toml.place(*_SETUPTOOLS)):
            take(reading, Listed(path, role, extra, said_at=place))
    _tell_unread(toml, reading, bool(named))
    return tuple(extra for extra in named if extra)


def _named(toml: Document) -> Iterator[tuple[str, object]]:
    """Each extra, or the empty name of the core, with what says where it is read from."""
    stated = toml.table(*_SETUPTOOLS)
    if "dependencies" in stated:
        yield "", stated["dependencies"]
    yield from toml.table(*_SETUPTOOLS, "optional-dependencies").items()
    if files := toml.get(*_HATCH, "files"):
        yield "", {"file": files}
    for extra, files in toml.table(*_HATCH, "optional-dependencies").items():
        yield extra, {"file": files}


def _files(stated: object, place: Place) -> Iterator[tuple[str, Place]]:
    named = stated.get("file", ()) if isinstance(stated, Mapping) else ()
    for path in [named] if isinstance(named, str) else named:
        yield str(path).removeprefix("./"), place


def _tell_unread(toml: Document, reading: Reading, is_named: bool) -> None:
    """Say what is dynamic and read by nobody here: setup.py has a reader of its own, a back end's own code has none."""
    dynamic = toml.table("project").get("dynamic", ())
    wanted = [key for key in ("dependencies", "optional-dependencies") if isinstance(dynamic, list) and key in dynamic]
    elsewhere = any((reading.folder / name).is_file() for name in ("setup.py", "setup.cfg")) or toml.table(
        "tool", "poetry"
    )
    if wanted and not is_named and not elsewhere:
        back_end = toml.table("build-system").get("build-backend", "the build back end")
        reading.gap(
            f"{' and '.join(wanted)} are dynamic: {back_end} works them out when it builds",
            toml.place("project", "dynamic"),
        )
