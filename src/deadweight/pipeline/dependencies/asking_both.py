"""What the project is asked on both grounds, and how it is run there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from deadweight.core.probe import Probe, ProbeKind, RunRecord
from deadweight.core.project import Project
from deadweight.core.proof import Proof
from deadweight.facts.own_module_names import OwnModules, own_module_names
from deadweight.pipeline.dependencies.stands import Grounds
from deadweight.pipeline.exercise import Exercise
from deadweight.proof.probes import parse_probes
from deadweight.proof.prove import ProofSettings, check_probes, observe
from deadweight.proof.verdicts import compare_runs
from deadweight.sandbox.command_line import words_of
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.stand import Program, Stand

SWEEP = "the project's own modules"
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, how the project is run for it, and what is left unasked."""

    program: Program
    probes: tuple[Probe, ...]
    settings: ProofSettings
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the project does with all that it has, seen twice."""

    first: RunRecord
    second: RunRecord


def questions(project: Project, exercise: Exercise, ground: Grounds) -> Questions:
    """The probes of the exercise, and an import of each of the project's own modules that run time has.

    Raises UsageError for what is no probe, Lacking where nothing can hold what is run.
    """
    given = parse_probes((*exercise.probes, *exercise.checks), exercise.base)
    held = isolation(sandbox=exercise.sandbox)
    own = own_module_names([path for path in project.python if project.role_of(path).runs])
    sweep = Probe(SWEEP, ProbeKind.IMPORTS, modules=own.names, timeout=_SECONDS, made=True)
    named = [one for one in given if not _is_bare(one)]
    asked = [replace(one, modules=own.names) for one in given if _is_bare(one) and own.names]
    unproven = []
    if own.names and not asked and held.program:
        asked.append(sweep)
    elif own.names and not asked:
        unproven.append("the project's own modules were not imported: nothing holds what they do (--no-sandbox)")
    program = _program(exercise, ground, own)
    check_probes(program if program.command else None, (*named, *asked))
    return Questions(program, (*named, *asked), ProofSettings(held, exercise.limits), tuple(unproven))


def known(asked: Questions, stand: Stand) -> Known:
    """The project with all that it has, asked twice; sweeps once."""
    first = observe(stand, asked.program, asked.probes, asked.settings)
    steady = [probe for probe in asked.probes if not probe.kind.is_sweep]
    again = bool(steady or asked.program.command) and first.started
    return Known(first, observe(stand, asked.program, steady, asked.settings) if again else first)


def compared(asked: Questions, before: Known, stand: Stand) -> Proof:
    """The project on the other ground, asked the same."""
    after = observe(stand, asked.program, asked.probes, asked.settings)
    proof = compare_runs(before.first, before.second, after, asked.probes)
    return replace(proof, unproven=(*asked.unproven, *proof.unproven))


def _is_bare(probe: Probe) -> bool:
    return probe.kind is ProbeKind.IMPORTS and not probe.modules


def _program(exercise: Exercise, ground: Grounds, own: OwnModules) -> Program:
    words = words_of(exercise.run, ground.before) if exercise.run else ()
    environment = {**_environment(ground, own), **exercise.environment}
    return Program(words, exercise.directory, environment, port=exercise.port, writable=exercise.writable)


def _environment(ground: Grounds, own: OwnModules) -> Mapping[str, str]:
    """The environment's programs come first, and the project's modules are found, as where its own tools run it."""
    top = ground.before.top
    return {
        "PATH": f"{ground.before.seen(ground.inside)}/bin:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": ground.before.seen(ground.inside),
        "PYTHONPATH": ":".join(ground.before.seen(folder) if folder else top for folder in own.folders),
    }
