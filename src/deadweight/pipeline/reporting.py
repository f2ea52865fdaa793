"""One whole run, from a path to its report: what the command line and the Python surface both call."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.level import Level
from deadweight.core.plan import Plan
from deadweight.core.planning import Choice
from deadweight.core.proof import Proof
from deadweight.core.report import Composition, Cut, Report
from deadweight.core.scene import Scene
from deadweight.core.version import VERSION
from deadweight.core.waterfall import waterfall
from deadweight.edits.restoring import Restored, restore_into
from deadweight.facts.composition import COMPOSITION
from deadweight.formats.recognition import format_named
from deadweight.pipeline.composing import from_scratch
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.opening import open_scene as scene_at
from deadweight.pipeline.planning import make_plan
from deadweight.pipeline.proving import Proving, proven
from deadweight.pipeline.pulling import Base, pulls
from deadweight.pipeline.slimming import Made, Output, check_free, companion_path, target_format
from deadweight.pipeline.slimming import slim as make_slim
from deadweight.pipeline.watch import Watch
from deadweight.pipeline.watching import is_watched, watched
from deadweight.pipeline.ways_in import acquaint

EVERYTHING = Choice()
UNREACHED = Choice(level=Level.BALANCED)
Place = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Target:
    """What is weighed, and how it is looked at: the platform of an image, limits, settings of rules, progress."""

    path: Place
    sight: Sight = field(default_factory=Sight)


def open_scene(target: Target | Place) -> Scene:
    """Open what lies at the path and give every byte of it an owner; raises Refused for what can't be opened."""
    seen = _target(target)
    return scene_at(Path(seen.path), seen.sight)


def weigh(
    target: Target | Place, choice: Choice = EVERYTHING, to: str = "", exercise: Exercise | None = None
) -> Report:
    """What is in it, who owns which bytes, what could go, and the plan to cut it; nothing is touched or run.

    `to` names the format that the result will have, empty for the artifact's own. `exercise` says how the program is
    started and what a run touched, for what is cut beyond the safe level.
    """
    looking, watch = chosen_rules(choice), Watch()
    with watch.stage("open and attribute"):
        scene = open_scene(_run_by(_target(target), exercise))
        acquaint(scene, exercise)
    with watch.stage("find"):
        findings = find(scene, looking)
    with watch.stage("plan"):
        plan = make_plan(scene, findings, choice, format_named(to or scene.artifact.format).stores)
    whole = scene.ask(COMPOSITION)
    return Report(VERSION, whole, findings, plan, gaps=scene.gaps, stages=tuple(watch.stages))


def plan(target: Target | Place, choice: Choice = UNREACHED, to: str = "", exercise: Exercise | None = None) -> Plan:
    """What would change, bound to the artifact's digest; nothing is touched or run."""
    made = weigh(target, choice, to, exercise).plan
    assert made is not None, "weighing plans"
    return made


def slim(
    target: Target | Place, output: Output | Place, what: Choice | Plan = UNREACHED, exercise: Exercise | None = None
) -> Report:
    """Make a smaller copy at the output, prove it with the exercise, and report what was measured.

    `what` is what may be cut, or the plan to make true. Edits that need a proof are left out without an exercise.
    Raises ProofFailed, with nothing written, where the result can't be made to answer as the original does.
    """
    out = output if isinstance(output, Output) else Output(Path(output))
    seen, watch = _run_by(_target(target), exercise), Watch()
    check_free(out, Path(seen.path))
    with watch.stage("open and attribute"):
        scene = open_scene(seen)
    with watch.stage("trace"):
        exercise = _watched(scene, exercise, what)
    tree = scene.ask(COMPOSITION)
    if out.from_scratch:
        with watch.stage("compose and trace"):
            scene = from_scratch(scene, exercise, seen.sight)
            exercise = _watched(scene, replace(exercise, trace=None) if exercise else None, what)
    wish = _wish(scene, exercise)
    with watch.stage("find and plan"):
        acquaint(scene, exercise)
        planned = _planned(scene, out, what, wish)
    with watch.stage("apply, prove and pack"):
        made = make_slim(scene, _plan_of(planned), out, (seen.sight, wish))
    with watch.stage("count what is pulled"):
        base = Base(out.base, out.packing.base)
        pulled = tuple(pulls(scene.artifact, made.scene.artifact, base, scene.progress))
    report = replace(_after(planned, (scene, made), watch), pulls=pulled, shapes=made.shapes)
    return _since(tree, report) if out.from_scratch else report


def verify(before: Target | Place, after: Target | Place, exercise: Exercise) -> Report:
    """Run both in a sandbox, ask both the same, and compare; the verdict is in the report's proof."""
    watch = Watch()
    with watch.stage("open and attribute"):
        original, result = open_scene(before), open_scene(after)
    wish = proving(exercise, original.artifact, _target(before).sight.opening.progress)
    with watch.stage("prove"):
        proof = _compared(original, result, wish)
    return Report(
        VERSION,
        original.ask(COMPOSITION),
        after=result.ask(COMPOSITION),
        proof=proof,
        gaps=tuple(dict.fromkeys((*original.gaps, *result.gaps))),
        stages=tuple(watch.stages),
    )


def restore(out: Place, wanted: str | Sequence[str], companion: Place | None = None) -> Restored:
    """Put back into a result what was cut from it: paths, globs, `distribution:NAME`, `rule:NAME`, `**` for all.

    The companion archive is looked for beside the result. Raises UsageError where something wanted is not in it.
    """
    source = Path(companion) if companion is not None else companion_path(Path(out))
    if not source.is_file():
        raise UsageError("the companion archive is not there", where=str(source), advice="Say where: --from FILE")
    return restore_into(Path(out), source, (wanted,) if isinstance(wanted, str) else tuple(wanted))


def _target(target: Target | Place) -> Target:
    return target if isinstance(target, Target) else Target(target)


def _run_by(target: Target, exercise: Exercise | None) -> Target:
    """The target as rules see it: they spare what the exercise runs."""
    if exercise is None or not exercise.run:
        return target
    return replace(target, sight=replace(target.sight, options={"run": exercise.run, **target.sight.options}))


def _wish(scene: Scene, exercise: Exercise | None) -> Proving | None:
    return proving(exercise, scene.artifact, scene.progress) if exercise else None


def _watched(scene: Scene, exercise: Exercise | None, what: Choice | Plan) -> Exercise | None:
    """The exercise with what a run of it touched, where that says more about what may be cut."""
    wish = _wish(scene, exercise)
    if exercise is None or wish is None or not is_watched(exercise, wish, what):
        return exercise
    with tempfile.TemporaryDirectory(prefix="deadweight-trace-") as room:
        return watched(scene, exercise, wish, Path(room))


def _planned(scene: Scene, output: Output, what: Choice | Plan, wish: Proving | None) -> Report:
    """A report with findings and plan, before anything is made."""
    target = target_format(scene, output)
    whole = scene.ask(COMPOSITION)
    if isinstance(what, Plan):
        return Report(VERSION, whole, plan=what.bound_to(scene.artifact.digest))
    choice = replace(what, provable=wish is not None)
    findings = find(scene, chosen_rules(choice))
    return Report(VERSION, whole, findings, make_plan(scene, findings, choice, target.stores))


def _plan_of(report: Report) -> Plan:
    assert report.plan is not None, "it was planned"
    return report.plan


def _after(planned: Report, run: tuple[Scene, Made], watch: Watch) -> Report:
    scene, made = run
    return replace(
        planned,
        after=made.scene.ask(COMPOSITION),
        companion=str(made.companion) if made.companion else "",
        cuts=waterfall(made.edits, scene.listing, made.scene.artifact.inventory),
        proof=made.proof,
        gaps=scene.gaps,
        stages=tuple(watch.stages),
    )


def _since(tree: Composition, report: Report) -> Report:
    """The report with the tree that an image was made of as what was before: what came along is a step of its own."""
    along = Cut("Python and the system that came along", 0, tree.unpacked - report.before.unpacked)
    return replace(report, before=tree, cuts=(along, *report.cuts))


def _compared(original: Scene, result: Scene, wish: Proving) -> Proof:
    with tempfile.TemporaryDirectory(prefix="deadweight-verify-") as room:
        return proven(original, result, wish, Path(room))
