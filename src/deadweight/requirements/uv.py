"""uv as a program: where it is, whether it is one that we know, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from deadweight.core.errors import Lacking
from deadweight.requirements.uv_trouble import explained

OLDEST, TOO_NEW = Version("0.8"), Version("2")
_ADVICE = "Install it with deadweight's part for dependencies: pip install 'deadweight[deps]', or name it in UV."
_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Uv:
    """One uv: `environment` is what it finds in its environment, `seconds` how long one call may take."""

    program: str
    version: Version
    environment: Mapping[str, str]
    seconds: float = _SECONDS

    def run(self, words: Sequence[str], folder: Path, given: str = "") -> str:
        """What it writes to standard output, run in the folder; its errors are told as ours.

        Raises UsageError where what is asked has no solution or is no requirement, Lacking where the network, a file
        of an index or a builder is missing, or it takes too long.
        """
        return self._done(words, folder, given).stdout.decode("utf-8", "replace")

    def warnings(self, words: Sequence[str], folder: Path, given: str = "") -> str:
        """What it says beside its result; raises as `run` does."""
        return self._done(words, folder, given).stderr.decode("utf-8", "replace")

    def _done(self, words: Sequence[str], folder: Path, given: str) -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                (self.program, *words),
                cwd=folder,
                env=self.environment,
                input=given.encode(),
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Lacking(
                f"uv did not end within {self.seconds:.0f} s: uv {' '.join(words[:3])}",
                advice="The network or an index may be slow: try again, what was fetched is remembered.",
            ) from late
        except OSError as fault:
            raise Lacking(f"uv cannot be run: {fault.strerror}", where=self.program, advice=_ADVICE) from fault
        if done.returncode:
            raise explained(done.stderr.decode("utf-8", "replace"), done.returncode)
        return done


def find_uv(environment: Mapping[str, str] | None = None) -> Uv:
    """The uv that UV names, that is installed beside us, or that is on the PATH; raises Lacking where there is none."""
    given = dict(os.environ if environment is None else environment)
    program = given.get("UV") or _installed() or shutil.which("uv", path=given.get("PATH"))
    if not program:
        raise Lacking("uv is not installed, and it finds the versions that go together", advice=_ADVICE)
    version = _version(program)
    if not OLDEST <= version < TOO_NEW:
        raise Lacking(
            f"uv is {version}, and deadweight knows uv from {OLDEST} to below {TOO_NEW}", where=program, advice=_ADVICE
        )
    quiet = {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    return Uv(program, version, {**given, **quiet})


def _installed() -> str:
    """The uv of the Python that runs us, empty where it has none."""
    try:
        from uv import find_uv_bin

        return find_uv_bin()
    except (ImportError, FileNotFoundError):
        return ""


def _version(program: str) -> Version:
    try:
        said = subprocess.run((program, "--version"), capture_output=True, text=True, timeout=60, check=True).stdout
        return Version(said.split()[1])
    except (OSError, subprocess.SubprocessError) as fault:
        raise Lacking(f"uv cannot be run: {fault}", where=program, advice=_ADVICE) from fault
    except (IndexError, InvalidVersion) as fault:
        raise Lacking(f"this is no uv: it says {said.strip()[:80]!r}", where=program, advice=_ADVICE) from fault
