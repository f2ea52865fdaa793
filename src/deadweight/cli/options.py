"""Options that several commands share, and the values that they and the configuration come to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from deadweight.cli.configuration import Configuration, configuration
from deadweight.cli.progress import terminal_progress
from deadweight.cli.talk import NEW_PATH as NEW_PATH
from deadweight.cli.talk import PATH as PATH
from deadweight.cli.talk import TALK as TALK
from deadweight.cli.talk import stacked as stacked
from deadweight.core.edit import Safety
from deadweight.core.errors import UsageError
from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.core.seams import Opening
from deadweight.pipeline.finding import chosen_rules
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.target import Target

SAFETIES = ("safe", "proven", "lossy")
TARGET = click.argument("target", type=PATH)
LOOK = stacked(
    click.option("--gpu", metavar="sm_NN,…", help="The GPUs it runs on: code for all others is blanked."),
    click.option("--gpu-ptx", type=click.Choice(("keep", "drop")), help="What becomes of PTX, the fallback; kept."),
    click.option("--cpu", metavar="x86-64-vN,…", help="The processors it runs on: OpenBLAS keeps kernels for them."),
    click.option("--config", type=PATH, help="Settings, instead of the nearest pyproject.toml or deadweight.toml."),
    click.option("--platform", metavar="OS/ARCH", help="Which one, of an image of several platforms: linux/arm64."),
    click.option("--no-cache", is_flag=True, help="Neither use nor keep the memory of indexed layers."),
    click.option("--option", "settings", multiple=True, metavar="NAME=VALUE", help="A setting that rules look at."),
)
CHOOSE = stacked(
    click.option("--swap", "swaps", multiple=True, metavar="NAME=LIGHTER", help="Swap a distribution: torch=cpu."),
    click.option("--lossy", "lossy", multiple=True, metavar="GLOB[=TASK]", help="Squeeze these models, with a proof."),
    click.option("--select", multiple=True, metavar="RULE", help="Only these rules."),
    click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules."),
    click.option("--keep", multiple=True, metavar="GLOB", help="Paths that are never edited (** crosses slashes)."),
    click.option(
        "--level",
        type=click.Choice([str(level) for level in Level]),
        help="How far: safe, balanced or tight (deadweight rule).",
    ),
    click.option("--no-tripwire", is_flag=True, help="A removed module that is imported need not say what removed it."),
    click.option("--allow", multiple=True, type=click.Choice(SAFETIES), help="Which edits are made; safe and proven."),
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How to talk: as JSON, or not at all."""

    as_json: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What the options of LOOK and CHOOSE and the configuration come to."""

    target: Target
    choice: Choice
    configuration: Configuration
    base: Path


def settings(target: Path, manners: Manners, given: Mapping[str, Any], level: Level = Level.SAFE) -> Settings:
    """Build the values that the stages take; options of the command line win over the file, the file over `level`."""
    start = (target if target.is_dir() else target.parent).absolute()
    configured, read_at = configuration(given.get("config"), start)
    choice = Choice(
        safeties=_safeties((*(given.get("allow") or configured.allow), *(["lossy"] if given.get("lossy") else []))),
        select=frozenset(given.get("select") or configured.select),
        ignore=frozenset((*given.get("ignore", ()), *configured.ignore)),
        keep=(*given.get("keep", ()), *configured.keep),
        tripwire=not given.get("no_tripwire"),
        level=Level(given.get("level") or configured.level or level),
    )
    chosen_rules(choice)
    seen = Target(target, _sight(configured, manners, given))
    return Settings(seen, choice, configured, read_at.parent if read_at else start)


def _safeties(names: Sequence[str]) -> frozenset[Safety]:
    strange = [name for name in names if name not in SAFETIES]
    if strange:
        raise UsageError(f"{strange[0]!r} is no safety", where="allow", advice=f"There are: {', '.join(SAFETIES)}.")
    return frozenset(Safety(name) for name in names)


def cache_folder(environment: Mapping[str, str]) -> Path:
    """The folder that remembers indexed layers (XDG Base Directory Specification)."""
    home = environment.get("XDG_CACHE_HOME") or str(Path(environment.get("HOME", "/tmp")) / ".cache")
    return Path(home) / "deadweight"


def _sight(configured: Configuration, manners: Manners, given: Mapping[str, Any]) -> Sight:
    opening = Opening(
        platform=given.get("platform") or configured.platform,
        cache=None if given.get("no_cache") else cache_folder(os.environ),
        progress=terminal_progress(manners.quiet),
    )
    options = {"run": given.get("command") or configured.run, **configured.options}
    hardware = {"gpu": "gpu", "gpu-ptx": "gpu_ptx", "cpu": "cpu"}
    options |= {name: given[key] for name, key in hardware.items() if given.get(key)}
    if given.get("swaps"):
        options["swap"] = ",".join(given["swaps"])
    if given.get("lossy"):
        options["lossy"] = "\n".join(given["lossy"])
    for setting in given.get("settings", ()):
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"{setting!r} is no setting", where="--option", advice="Write it as NAME=VALUE.")
        options[name] = value
    return Sight(opening, options)
