"""The bytes to download of what is asked for, where no lock states them: as the resolver finds them in the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement

from deadweight.dependencies.needs_of import Needs
from deadweight.dependencies.node import Ask
from deadweight.dependencies.parts import parts_of_lock, with_downloads
from deadweight.pipeline.dependencies.asked_graph import Opened
from deadweight.requirements.index_options import index_options
from deadweight.requirements.project_files import project_files
from deadweight.requirements.resolving.resolution import Demand, Resolved, resolve
from deadweight.requirements.resolving.targets import Target
from deadweight.requirements.uv import Uv


def with_looked_up_downloads(opened: Opened, uv: Uv) -> Opened:
    """The same with the downloads of all that the index has in the versions that are there; raises as uv does."""
    found = resolved(opened, opened.asks, uv)
    return replace(opened, parts=with_downloads(opened.parts, parts_of_lock(found.lock, opened.markers)))


def resolved(opened: Opened, asks: Iterable[Ask], uv: Uv) -> Resolved:
    """What the resolver finds for the asks on the target of what was opened, keeping its versions where they fit."""
    needs = Needs(opened.markers)
    wanted = tuple(dict.fromkeys(ask.requirement for ask in asks if needs.holds(Requirement(ask.requirement))))
    versions = {one.name: one.version for one in opened.parts if one.version}
    target = Target(opened.markers["python_version"], platform_of(opened.markers))
    folder = opened.folder or Path()
    options = index_options(folder, project_files(folder)) if opened.folder else ()
    return resolve(uv, Demand(wanted, folder, preferred=versions, options=options), [target])


def platform_of(markers: Mapping[str, str]) -> str:
    """The platform of the values of markers, as uv names it."""
    machine = {"arm64": "aarch64", "ARM64": "aarch64", "AMD64": "x86_64"}.get(markers["platform_machine"])
    machine = machine or markers["platform_machine"]
    ends = {"darwin": "apple-darwin", "win32": "pc-windows-msvc"}
    return f"{machine}-{ends.get(markers['sys_platform'], 'manylinux_2_28')}"
