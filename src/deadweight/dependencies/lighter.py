"""Which requirements of a project have a lighter equivalent, and what in its own files speaks against taking it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place
from deadweight.dependencies.graph import Graph
from deadweight.dependencies.node import Kind, Node
from deadweight.facts.lighter_equivalents import ASKS_FIRST, GPU_USE
from deadweight.facts.lighter_requirements import LIGHTER, Lighter

_STARTS = ("Dockerfile*", "*.dockerfile", "Procfile", "Makefile", "*.sh", "*.yml", "*.yaml", "tox.ini", "noxfile.py")
_GPU_FILES = re.compile(rb"nvidia/cuda|--gpus\b|driver:\s*nvidia|nvidia\.com/gpu|NVIDIA_VISIBLE_DEVICES|\bCUDA_VISIBLE")


@dataclass(frozen=True, slots=True)
class Objection:
    """A sentence on what speaks against a lighter equivalent, and where it stands."""

    says: str
    place: Place


@dataclass(frozen=True, slots=True)
class Proposal:
    """A distribution that a lighter one could stand in for; with `objections` its condition does not hold.

    `asked_by` is the chain of names that brings it. `download` are the measured bytes of both. `swap` is how
    `what-if --swap` spells it.
    """

    heavy: str
    lighter: str
    condition: str
    asked_by: tuple[str, ...]
    download: tuple[int, int]
    swap: str
    objections: tuple[Objection, ...] = ()


def proposals(project: Project, graph: Graph) -> tuple[Proposal, ...]:
    """One for each distribution that the project asks for, at any remove, and that has a lighter equivalent."""
    return tuple(_proposal(project, graph, one) for one in candidates(graph))


def candidates(graph: Graph) -> tuple[Lighter, ...]:
    """The rows of the table that the graph has the heavy one of; of one that leads to another only the first."""
    nodes = {node.name for node in graph.demands if node.kind is Kind.DISTRIBUTION}
    asked = {ask.name for ask in graph.asks.values()}
    known = [one for one in LIGHTER if one.heavy in nodes & graph.parts.keys() and _is_heavy(graph, one)]
    through = {one.through for one in known if one.heavy in asked and one.through not in asked} - {""}
    return tuple(one for one in known if one.heavy not in through and (not one.through or one.through in through))


def _is_heavy(graph: Graph, one: Lighter) -> bool:
    """Whether it is the build for GPUs, where only the build differs: their libraries come along with it."""
    if not one.is_build:
        return True
    below = graph.below([Node(Kind.DISTRIBUTION, one.heavy)])
    return any(re.fullmatch(one.gpu_libraries, node.name) and node.name in graph.parts for node in below)


def _proposal(project: Project, graph: Graph, one: Lighter) -> Proposal:
    chain = tuple(
        step.on.name for step in graph.chain(Node(Kind.DISTRIBUTION, one.heavy)) if step.on.kind is Kind.DISTRIBUTION
    )
    objections = tuple(dict.fromkeys(_objections(project, graph, one)))
    return Proposal(one.heavy, one.lighter, one.condition, chain, one.download, one.swap, objections)


def _objections(project: Project, graph: Graph, one: Lighter) -> Iterator[Objection]:
    for source in project.sources:
        yield from _in_source(source, one)
    if one.programs or one.gpu_libraries:
        for path in project.matching(*_STARTS):
            yield from _in_start(path, project.read(path), one)
    for name in sorted(name for name in one.blockers if Node(Kind.DISTRIBUTION, name) in graph.demands):
        yield Objection(f"{name} works only with {one.heavy}", Place(name))


def _in_source(source: Source, one: Lighter) -> Iterator[Objection]:
    imported = _imported(source)
    for name in one.against:
        if name in imported:
            yield Objection(f"{name} is imported", Place(source.path, imported[name]))
    if any(name in imported for name in one.modules):
        text = source.text.encode("utf-8", "replace")
        if one.calls is not None:
            yield from _found(one.calls, text, source.path, "it is needed for")
        if one.gpu_libraries and not any(word in text for word in ASKS_FIRST):
            yield from _found(GPU_USE, text, source.path, "a GPU is taken for granted:")


def _imported(source: Source) -> dict[str, int]:
    """The top-level modules that a source imports, each with its first line."""
    found: dict[str, int] = {}
    for node in ast.walk(source.tree) if source.tree else ():
        for name in _names(node):
            found.setdefault(name.partition(".")[0], getattr(node, "lineno", 0))
    return found


def _names(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _in_start(path: str, body: bytes, one: Lighter) -> Iterator[Objection]:
    """What a file that starts programs says against it."""
    for program in sorted(one.programs):
        yield from _found(_started(program), _without_installs(body), path, "it starts")
    if one.gpu_libraries:
        yield from _found(_GPU_FILES, body, path, "a GPU is asked for:")


def _started(program: str) -> re.Pattern[bytes]:
    """The program as a word by itself, whatever folder it is called from; no key and no assignment."""
    word = re.escape(program.encode())
    return re.compile(rb"(?<![\w./-])(?:[\w./-]*/)?" + word + rb"(?=[\s\"',\]]|$)(?!\s*[=:])")


def _without_installs(body: bytes) -> bytes:
    """The text with lines that install something blanked: to name a program there is not to start it."""
    return re.sub(rb"(?m)^.*\b(?:install|add|sync)\b.*$", b"", body)


def _found(pattern: re.Pattern[bytes], text: bytes, path: str, says: str) -> Iterator[Objection]:
    """The first place where the pattern stands."""
    match = pattern.search(text)
    if match:
        line = text.count(b"\n", 0, match.start()) + 1
        yield Objection(f"{says} {match[0].decode('utf-8', 'replace').strip()}", Place(path, line))
