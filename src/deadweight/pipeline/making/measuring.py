"""What came of a plan, measured on the result."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.coarser_models import coarser_models
from deadweight.core.report import Composition, Cut, Report
from deadweight.core.scene import Scene
from deadweight.core.waterfall import waterfall
from deadweight.facts.composition import COMPOSITION
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.making.placing import Made
from deadweight.pipeline.pulling import Base, pulls


def measured(planned: Report, scene: Scene, made: Made, output: Output) -> Report:
    """The report of what was planned, with all that can be measured now that it is made."""
    base = Base(output.base, output.packing.base)
    return replace(
        planned,
        after=made.scene.ask(COMPOSITION),
        companion=str(made.companion) if made.companion else "",
        cuts=waterfall(made.edits, scene.listing, made.scene.artifact.inventory),
        proof=made.proof,
        gaps=scene.gaps,
        pulls=tuple(pulls(scene.artifact, made.scene.artifact, base, scene.progress)),
        shapes=made.shapes,
        models=tuple(coarser_models(made.edits, scene.listing, made.scene.artifact.inventory)),
    )


def since(tree: Composition, report: Report) -> Report:
    """The report with the tree that an image was made of as what was before: what came along is a step of its own."""
    along = Cut("Python and the system that came along", 0, tree.unpacked - report.before.unpacked)
    return replace(report, before=tree, cuts=(along, *report.cuts))
