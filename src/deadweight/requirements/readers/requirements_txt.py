"""Requirements files, as pip and uv read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deadweight.core.requirement import Declarations
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.compiled import direct_lines, is_compiled, is_compiled_from_the_project
from deadweight.requirements.reading import Reading
from deadweight.requirements.requirement_files import Listed, take, text_of
from deadweight.requirements.roles import role_of_file, words


def _read(folder: Path, path: str) -> Declarations:
    """What the file asks for; one that a tool wrote from other files of the project is a lock, and declares nothing.

    Where those files are gone, what was asked for by name in them is what it declares, as far as its notes tell.
    """
    if is_compiled_from_the_project(folder, path):
        return Declarations()
    reading = Reading(folder, path)
    role, group = role_of_file(path)
    bounds = bool({"constraint", "constraints"} & set(words(path.rpartition("/")[2])))
    take(reading, Listed(path, role, group, is_constraint=bounds))
    stated = reading.declarations()
    direct = direct_lines(text_of(folder, path)) if is_compiled(text_of(folder, path)) else frozenset()
    kept = tuple(one for one in stated.items if one.place.path != path or one.place.line in direct)
    return replace(stated, items=kept) if direct else stated


READER: Reader = Reader(
    name="requirements files",
    summary="requirements*.txt and .in, constraints, and all that lie in a folder called requirements",
    names=(
        "*requirements*.txt",
        "*requirements*.in",
        "*constraints*.txt",
        "*constraints*.in",
        "reqs*.txt",
        "*requirements/*.txt",
        "*requirements/*.in",
        "reqs/*.txt",
    ),
    read=_read,
)
