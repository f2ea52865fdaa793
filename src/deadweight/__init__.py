"""deadweight finds why a Python or AI artifact is ten times too big, makes it small, and proves that it still works.

    import deadweight

    report = deadweight.weigh(".venv")
    for share in report.before.owners:
        print(share.owner, share.size)

The verbs, each from a path to a value: `weigh`, `plan`, `slim`, `trace`, `verify`, `restore`. `open_scene` gives the
artifact itself with its owners. What they take: `Target` (how to look), `Choice` (what may be cut), `Output` (where the
result goes), `Exercise` (what to prove it with). What they give: `Report`, `Plan`, `Proof`, `Trace` and the nouns in
them, frozen all. Whatever goes wrong is a `DeadweightError`, and each kind has the exit status of the command line.

A squeezed model file is opened by `numpy_weights`, `torch_state` or `onnx_session`.
"""

from __future__ import annotations

from importlib import import_module

from deadweight.core.version import VERSION

__version__ = VERSION

TYPE_CHECKING = False  # typing's own costs 10 ms; type checkers know the name
if TYPE_CHECKING:
    from deadweight.core.artifact import Artifact
    from deadweight.core.edit import Edit, Safety
    from deadweight.core.entry import Entry, Kind
    from deadweight.core.errors import (
        Corrupt,
        DeadweightError,
        Hostile,
        Lacking,
        NotTraced,
        ProofFailed,
        Refused,
        Unknown,
        UsageError,
    )
    from deadweight.core.finding import Confidence, Evidence, Finding
    from deadweight.core.gap import Gap
    from deadweight.core.inventory import Inventory
    from deadweight.core.level import Level
    from deadweight.core.limits import Limits
    from deadweight.core.owner import Owner
    from deadweight.core.plan import Plan
    from deadweight.core.planning import Choice
    from deadweight.core.proof import Comparison, Proof, Verdict
    from deadweight.core.report import Composition, Cut, Report, Share
    from deadweight.core.scene import Scene
    from deadweight.core.seams import Opening, Packing
    from deadweight.core.trace import Touch, Trace, Use
    from deadweight.edits.restoring import Restored
    from deadweight.pipeline.exercise import Exercise
    from deadweight.pipeline.making.output import Output
    from deadweight.pipeline.opening import Sight
    from deadweight.pipeline.plan_file import read_plan, write_plan
    from deadweight.pipeline.restoring import restore
    from deadweight.pipeline.slimming import slim
    from deadweight.pipeline.target import Target, open_scene
    from deadweight.pipeline.tracing.file import read_trace, write_trace
    from deadweight.pipeline.tracing.target import trace
    from deadweight.pipeline.verifying import verify
    from deadweight.pipeline.weighing import plan, weigh
    from deadweight.squeezing.storing.sessions import numpy_weights, onnx_session, torch_state

_HOMES = {
    "core.artifact": "Artifact",
    "core.edit": "Edit Safety",
    "core.entry": "Entry Kind",
    "core.errors": "Corrupt DeadweightError Hostile Lacking NotTraced ProofFailed Refused Unknown UsageError",
    "core.finding": "Confidence Evidence Finding",
    "core.gap": "Gap",
    "core.inventory": "Inventory",
    "core.level": "Level",
    "core.limits": "Limits",
    "core.owner": "Owner",
    "core.plan": "Plan",
    "core.planning": "Choice",
    "core.proof": "Comparison Proof Verdict",
    "core.report": "Composition Cut Report Share",
    "core.scene": "Scene",
    "core.seams": "Opening Packing",
    "core.trace": "Touch Trace Use",
    "edits.restoring": "Restored",
    "pipeline.exercise": "Exercise",
    "pipeline.opening": "Sight",
    "pipeline.plan_file": "read_plan write_plan",
    "pipeline.making.output": "Output",
    "pipeline.restoring": "restore",
    "pipeline.slimming": "slim",
    "pipeline.target": "Target open_scene",
    "pipeline.tracing.file": "read_trace write_trace",
    "pipeline.tracing.target": "trace",
    "pipeline.verifying": "verify",
    "pipeline.weighing": "plan weigh",
    "squeezing.storing.sessions": "numpy_weights onnx_session torch_state",
}

__all__ = [
    "Artifact",
    "Choice",
    "Comparison",
    "Composition",
    "Confidence",
    "Corrupt",
    "Cut",
    "DeadweightError",
    "Edit",
    "Entry",
    "Evidence",
    "Exercise",
    "Finding",
    "Gap",
    "Hostile",
    "Inventory",
    "Kind",
    "Lacking",
    "Level",
    "Limits",
    "NotTraced",
    "Opening",
    "Output",
    "Owner",
    "Packing",
    "Plan",
    "Proof",
    "ProofFailed",
    "Refused",
    "Report",
    "Restored",
    "Safety",
    "Scene",
    "Share",
    "Sight",
    "Target",
    "Touch",
    "Trace",
    "Unknown",
    "UsageError",
    "Use",
    "Verdict",
    "__version__",
    "numpy_weights",
    "onnx_session",
    "open_scene",
    "plan",
    "read_plan",
    "read_trace",
    "restore",
    "slim",
    "torch_state",
    "trace",
    "verify",
    "weigh",
    "write_plan",
    "write_trace",
]


def __getattr__(name: str) -> object:
    """A name of the surface, its module imported at the first asking."""
    for home, names in _HOMES.items():
        if name in names.split():
            found: object = getattr(import_module(f"deadweight.{home}"), name)
            return found
    raise AttributeError(f"module 'deadweight' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
