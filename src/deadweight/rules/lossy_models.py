"""Finds models that could do with coarser weights, where that is asked for: `slim --lossy GLOB[=TASK]`.

Why it weighs
-------------
A weight in float32 says more than the model's answers need. Most models answer the same with weights of eight bits and
fewer, and layers of images compress those: MiniLM as ONNX takes 84 MB of a layer under gzip, 21 MB with eight bits.

Evidence
--------
With a task, the gate: weights are made coarser until its development data refuse, then the gate's examples are asked
once; the share that is kept with 95 % confidence has to be 0.95 (or what --option lossy-keep says). Without one only
the running program is asked: its answers may differ by what --tolerance says.

Edit
----
Writes the file again in its own format, with the same names, shapes and inputs. ONNX: whole codes and a step for each
channel, which runtimes multiply when they load. safetensors and torch: the same dtype, on a grid of powers of two, so
that layers and archives compress it. Each weight goes to the nearest step, as nothing is calibrated: error feedback is
what `deadweight model squeeze` does. Lossy: made only where it is asked for, with a proof, and undone when that fails.

Source
------
Gish and Pierce, Asymptotically efficient quantizing (1968); ONNX Cast and Mul. Measured on MiniLM: no slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.coarser_models import GATE, KIND
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.gap import Gap
from deadweight.core.globs import matcher
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.model_files import MODEL_FILES
from deadweight.facts.model_verdicts import share_to_keep, verdict_on, verdict_told
from deadweight.rules.reporting import stored_share

_NAME = "lossy-models"
_SMALLEST = 1 << 20
_EIGHT_BITS = 0.25
"""What eight bits leave of float32."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which models, and the file that judges them, None for the running program alone."""

    glob: str
    task: Path | None


def _find(scene: Scene) -> Iterator[Finding]:
    taken: set[str] = set()
    for wish in _wishes(scene.options.get("lossy", "")):
        match = matcher((wish.glob,))
        found = [path for path in scene.ask(MODEL_FILES) if match(path) and path not in taken]
        if not found:
            raise UsageError(
                f"{wish.glob!r} matches no model file that could be read",
                where="--lossy",
                advice="See what is there: deadweight weigh TARGET. ** crosses slashes.",
            )
        taken.update(found)
        for path in found:
            yield from _of(scene, path, wish)


def _wishes(text: str) -> Iterator[_Wish]:
    for line in filter(None, text.splitlines()):
        glob, equals, task = line.partition("=")
        if equals and not Path(task).exists():
            raise UsageError("there is no such task or file of samples", where=task, advice="--lossy GLOB=TASK.py")
        yield _Wish(glob, Path(task) if equals else None)


def _of(scene: Scene, path: str, wish: _Wish) -> Iterator[Finding]:
    from deadweight.squeezing.steps.own_format import can_squeeze

    checkpoint = scene.ask(MODEL_FILES)[path].checkpoint
    size = sum(one.size for one in checkpoint.tensors if one.dtype == "float32" and len(one.shape) > 1)
    if size < _SMALLEST or not can_squeeze(checkpoint):
        why = f"{size:,} bytes of float32 in two axes" if size < _SMALLEST else "its format is not written again"
        yield _left(scene, path, why, (Evidence(why, path),))
    elif wish.task is None:
        says = f"weights of {path} in eight bits: the proof of the program decides"
        evidence = Evidence(f"{size:,} bytes of weights in float32, {checkpoint.format}", path)
        yield _finding(scene, path, (round((1 - _EIGHT_BITS) * size), says), (evidence,), {"share": "0.0"})
    else:
        yield _judged(scene, path, wish.task, size)


def _judged(scene: Scene, path: str, task: Path, size: int) -> Finding:
    """What the gate says of the coarsest weights that development data are content with."""
    keep = share_to_keep(scene)
    verdict = verdict_on(scene, path, task, keep)
    evidence = tuple(Evidence(verdict_told(one, keep), str(task)) for one in verdict.judged)
    if verdict.passed and verdict.share is not None:
        says = f"weights of {path} at steps of {verdict.share:g} of their root mean square: the gate lets them through"
        arguments = {"share": f"{verdict.share}", GATE: "\n".join(one.says for one in evidence)}
        return _finding(scene, path, (round((1 - _EIGHT_BITS) * size), says), evidence, arguments)
    part = "the gate refuses it" if verdict.share is not None else "development data refuse even eight bits"
    return _left(scene, path, f"{part} ({'; '.join(one.says for one in evidence)})", evidence)


def _left(scene: Scene, path: str, why: str, evidence: tuple[Evidence, ...]) -> Finding:
    """What was asked for and is not done is told in every report."""
    scene.note(Gap(_NAME, path, f"left as it is: {why}"))
    return _finding(scene, path, (0, f"{path} is left as it is: {why}"), evidence)


def _finding(
    scene: Scene,
    path: str,
    told: tuple[int, str],
    evidence: tuple[Evidence, ...],
    arguments: Mapping[str, str] | None = None,
) -> Finding:
    size, says = told
    owner = str(scene.ownership.of(path))
    edit = Edit(KIND, (path,), Safety.LOSSY, _NAME, says, owner, arguments=arguments or {})
    edits = (edit,) if arguments else ()
    stored = stored_share(scene, path, size)
    return Finding(_NAME, owner, says, (path,), size, stored, evidence, Confidence.LIKELY, edits)


RULE: Rule = Rule(_NAME, "models that answer the same with coarser weights, where asked for", Safety.LOSSY, _find)
