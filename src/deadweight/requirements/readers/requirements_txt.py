"""Requirements files, as pip and uv read them."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.requirement import Declarations
from deadweight.core.seams import Reader
from deadweight.requirements.compiled import is_compiled_from_the_project
from deadweight.requirements.reading import Reading
from deadweight.requirements.requirement_files import Listed, take
from deadweight.requirements.roles import role_of_file, words


def _read(folder: Path, path: str) -> Declarations:
    """What the file asks for; one that a tool wrote from other files of the project is a lock, and declares nothing."""
    if is_compiled_from_the_project(folder, path):
        return Declarations()
    reading = Reading(folder, path)
    role, group = role_of_file(path)
    bounds = bool({"constraint", "constraints"} & set(words(path.rpartition("/")[2])))
    take(reading, Listed(path, role, group, is_constraint=bounds))
    return reading.declarations()


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
