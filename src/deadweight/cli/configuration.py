"""Settings from `[tool.deadweight]` in pyproject.toml, or from deadweight.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.level import Level

FILES = ("deadweight.toml", "pyproject.toml")
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?\s*", re.ASCII)
_FACTORS = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "TB": 1000**4}
_FACTORS |= {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def said(meaning: str) -> dict[str, str]:
    """The meaning of a setting, which the documentation is made from."""
    return {"meaning": meaning}


@dataclass(frozen=True, slots=True)
class Budget:
    """What an artifact may weigh, as text with a unit ("500 MB"); more is exit status 1."""

    stored: str = field(default="", metadata=said("what it weighs as it lies there"))
    unpacked: str = field(default="", metadata=said("what it weighs once unpacked"))
    hidden: str = field(default="", metadata=said("what is stored in lower layers and never seen"))
    findings: str = field(default="", metadata=said("the estimate of all that the plan would cut"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every setting of the file; an option of the command line wins over it."""

    keep: tuple[str, ...] = field(default=(), metadata=said("globs of paths that are never edited (`models/**`)"))
    select: tuple[str, ...] = field(default=(), metadata=said("the only rules that look; all where left out"))
    ignore: tuple[str, ...] = field(default=(), metadata=said("rules that do not look"))
    allow: tuple[str, ...] = field(
        default=("safe", "proven"), metadata=said("the safeties of edits that are made: safe, proven, lossy")
    )
    level: Level | None = field(
        default=None, metadata=said("how far cutting goes: `safe`, `balanced` (what `slim` and `plan` do), `tight`")
    )
    platform: str = field(default="", metadata=said("`os/architecture` to choose from an image of several platforms"))
    run: str = field(default="", metadata=said("the command to prove with; an image has its own"))
    entries: tuple[str, ...] = field(
        default=(), metadata=said("more ways in: files of the artifact, or commands, whose needs are kept")
    )
    port: int = field(default=0, metadata=said("the port that it listens on; found by itself where left out"))
    probes: tuple[str, ...] = field(default=(), metadata=said("what is asked of it, as for `--probe`"))
    checks: tuple[str, ...] = field(
        default=(), metadata=said("what only the proof asks, as for `--check`; deadweight's own where left out")
    )
    writable: tuple[str, ...] = field(default=(), metadata=said("directories that it may write to"))
    environment: Mapping[str, str] = field(
        default_factory=dict, metadata=said("environment variables that it is given")
    )
    budget: Budget = field(default_factory=Budget, metadata=said("what the artifact may weigh, below"))
    options: Mapping[str, str] = field(
        default_factory=dict,
        metadata=said("settings that rules look at, as the rules name them (`log-size`)"),
    )


def configuration(named: Path | None, start: Path) -> tuple[Configuration, Path | None]:
    """The settings of the named file, else of the nearest one from `start` upwards, and where they were read.

    Raises UsageError for a file that is not there or not right, naming the key.
    """
    if named is not None:
        return _read(named), named
    for folder in (start, *start.parents):
        for name in FILES:
            path = folder / name
            if path.is_file() and (name == "deadweight.toml" or _has_table(path)):
                return _read(path), path
    return Configuration(), None


def parse_size(text: str, where: str) -> int:
    """Bytes of a size such as "500 MB" or "1.5 GiB"; a bare number is bytes. Raises UsageError."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no size", where=where, advice='Write it as "500 MB" or "1.5 GiB".')
    return round(float(match[1]) * _FACTORS[match[2] or "B"])


def _has_table(path: Path) -> bool:
    tool = _parse(path).get("tool", {})
    return isinstance(tool, dict) and "deadweight" in tool


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise UsageError(f"is not TOML: {fault}", where=str(path)) from fault


def _read(path: Path) -> Configuration:
    import msgspec

    table = _parse(path)
    if path.name == "pyproject.toml":
        tool = table.get("tool", {})
        table = tool.get("deadweight", {}) if isinstance(tool, dict) else {}
    _check_keys(table, path)
    try:
        return msgspec.convert(table, Configuration)
    except msgspec.ValidationError as fault:
        raise UsageError(f"is not right: {fault}", where=str(path), advice="See docs/configuration.md.") from fault


def _check_keys(table: Mapping[str, object], path: Path) -> None:
    known = set(Configuration.__dataclass_fields__)
    budget = table.get("budget", {})
    strange = [key for key in table if key not in known]
    if isinstance(budget, dict):
        strange += [f"budget.{key}" for key in budget if key not in Budget.__dataclass_fields__]
    if strange:
        raise UsageError(
            f"the key {strange[0]!r} is not known", where=str(path), advice=f"Known: {', '.join(sorted(known))}"
        )
