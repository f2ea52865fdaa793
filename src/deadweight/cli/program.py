"""Commands are found by name, and every way to end has its exit status."""

from __future__ import annotations

import errno
import gc
import os
import sys

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.exits import EXITS, INTERRUPTED
from deadweight.cli.lazy_group import LazyGroup
from deadweight.cli.main import COMMANDS
from deadweight.core.errors import DeadweightError, Lacking, UsageError
from deadweight.core.version import VERSION
from deadweight.reports.paint import Paint, printable

_WRONG_PATHS = frozenset((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG))


class WithStatuses(LazyGroup):
    """The commands, their help ending with the exit statuses."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The exit statuses."""
        with formatter.section("Exit status"):
            formatter.write_dl([(str(one.status), one.meaning) for one in EXITS])


@click.group(
    cls=WithStatuses,
    package="deadweight.cli",
    listed=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, message="deadweight %(version)s")
def deadweight() -> None:
    """Find why a Python or AI artifact is ten times too big, make it small, and prove that it still works.

    \b
    Examples:
      deadweight weigh .venv
      deadweight why image.tar usr/lib/python3/dist-packages/numpy
      deadweight slim app -o app-slim --run 'bin/uvicorn service:app --port 8000' --probe 'GET /health'
    """


def run(arguments: list[str]) -> int:
    """Run the arguments; gives the exit status, with the error told on stderr."""
    # 100 000 entries are no garbage, and looking through all of them again and again costs a tenth of the time.
    gc.set_threshold(200_000, 50, 100)
    try:
        status = deadweight.main(args=arguments, prog_name="deadweight", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as wish:
        return wish.exit_code
    except click.ClickException as fault:
        fault.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _tell("interrupted: nothing was written and the input is as it was", INTERRUPTED)
    except DeadweightError as fault:
        return _tell(fault.message, fault.exit_code)
    except BrokenPipeError:
        return _unheard()
    except SystemExit:
        if "_DEADWEIGHT_COMPLETE" in os.environ:
            raise
        return _unheard()  # click leaves so for a closed pipe, and for nothing else
    except OSError as fault:
        status = UsageError.exit_code if fault.errno in _WRONG_PATHS else Lacking.exit_code
        return _tell(f"{fault.filename or 'the system'}: {fault.strerror or fault}", status)


def _unheard() -> int:
    """Nobody reads any more: no error, and nothing more is written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0


def _tell(message: str, status: int) -> int:
    paint = Paint(in_colour(sys.stderr))
    lines = [printable(line) for line in message.split("\n")]
    print(paint("deadweight: ", "red", "bold") + "\n".join(lines), file=sys.stderr)
    return status
