"""A program from what a person writes after --run, or from what an image says of itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deadweight.core.artifact import Image
from deadweight.core.errors import UsageError
from deadweight.sandbox.interpreter import shell_of
from deadweight.sandbox.stand import Program, Stand

SHELL_SYNTAX = re.compile(r"[|&;<>()$`*?~\n]|^\s*[A-Za-z_][A-Za-z0-9_]*=")
_PORT = re.compile(r"--port[= ](\d+)(?!\S)|(?:--bind|-b)[= ]\S*:(\d+)(?!\S)")


@dataclass(frozen=True, slots=True)
class Start:
    """How a program is started, before it is known where it stands.

    `line` is what a person writes, empty for what `image` says of itself. The other fields are as those of Program
    and win over what the image says; `environment` is added to the image's.
    """

    line: str = ""
    image: Image | None = None
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    writable: tuple[str, ...] = ()

    def on(self, stand: Stand) -> Program:
        """The program on a stand; raises UsageError where nothing says what to start."""
        image = self.image
        made = program_of_image(image, stand, self.line) if image else program_of(self.line, stand)
        return replace(
            made,
            directory=self.directory or made.directory,
            environment={**made.environment, **self.environment},
            port=self.port or made.port,
            writable=self.writable,
        )


def program_of(line: str, stand: Stand, environment: Mapping[str, str] | None = None) -> Program:
    """The program that a line starts in the stand's tree.

    A line with shell syntax is given to the stand's shell, any other is split into words. The port is the one that
    the line names, 0 for none.
    """
    return Program(words_of(line, stand), environment=dict(environment or {}), port=port_of(line))


def program_of_image(image: Image, stand: Stand, line: str = "") -> Program:
    """The program that the image starts, or the line, with the image's environment, directory and user."""
    command = words_of(line, stand) if line else (*image.entrypoint, *image.command)
    if not command:
        raise UsageError("the image says of no program that it starts", advice="Give one: --run 'COMMAND'")
    environment = dict(_variables(image.environment))
    return Program(command, image.working_directory or "/", environment, image.user, port_of(shlex.join(command)))


def words_of(line: str, stand: Stand) -> tuple[str, ...]:
    """The words that start the line; raises UsageError for one that is empty or quotes without end."""
    shell = shell_of(stand)
    if SHELL_SYNTAX.search(line) and shell:
        return (*shell, line)
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"{line!r} cannot be split into words: {error}", advice="Close the quotes.") from error
    if not words:
        raise UsageError("the command to run is empty", advice="Give one: --run 'python app.py'")
    return tuple(words)


def port_of(line: str) -> int:
    """The port that a command line names (`--port 8000`, `--bind 0.0.0.0:8000`), 0 for none."""
    found = _PORT.search(line)
    port = int(next(filter(None, found.groups()))) if found else 0
    return port if port < 65536 else 0


def _variables(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, value = line.partition("=")
        if name and equals:
            yield name, value
