"""The original, calibrated, beside the candidates that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.progress import SILENT, Progress
from deadweight.judging.task import Program
from deadweight.squeezing.calibration.answers import felt
from deadweight.squeezing.calibration.norms import Norms
from deadweight.squeezing.method import Choice, Method
from deadweight.squeezing.rounding.fitted_layers import slack_of
from deadweight.squeezing.rounding.following import followed
from deadweight.squeezing.rounding.sensitivity import shares
from deadweight.squeezing.squeezing import Weights, squeezed
from deadweight.squeezing.standards import Standards
from deadweight.squeezing.storing.container import SqueezedModel


@dataclass(slots=True)
class Bench:
    """The program, the original's weights, and what it answers.

    `around` is the factor that what each layer bears is measured at: near where it is wanted, since a net that coarse
    steps destroy says the same of all of them. `notes` say what a method was to do and could not.
    """

    program: Program
    weights: Weights
    standards: Standards
    shares: Mapping[str, float] | None = None
    norms: Norms | None = None
    around: float = 1.0
    notes: tuple[str, ...] = ()

    def made(self, choice: Choice) -> SqueezedModel:
        """The squeezed model, batch normalisation as it was."""
        return squeezed(self.weights, choice)

    def finished(self, model: SqueezedModel, method: Method) -> SqueezedModel:
        """The model, its layers fitted one after another, and with statistics of batch normalisation that fit it."""
        if method.follows:
            choice = Choice(method, model.recipe["factor"], model.recipe["shares"])
            fitted = followed(self.program, self.weights, model, choice)
            if fitted is None:
                self._note("the model ran otherwise the second time: its layers are not fitted")
            model = fitted or model
        return model if self.norms is None or method.is_exact else self.norms.restated(self.weights, model)

    def slack(self, method: Method) -> int:
        """Bytes that finishing a model may add to it, at most."""
        norms = 0 if self.norms is None or method.is_exact else self.norms.slack(self.weights)
        return norms + (slack_of(self.weights) if method.follows else 0)

    def choice(self, method: Method, factor: float, progress: Progress = SILENT) -> Choice:
        """The method at that factor; what each layer bears is measured once, for the methods that take any factor."""
        if method.factors:
            return Choice(method, factor)
        if method.follows and self.weights.calibration.outputs is None:
            self._feel(progress)
        if self.shares is None:
            self.shares = shares(self.weights, self.program, Choice(method, self.around), progress)
        return Choice(method, factor, self.shares)

    def _feel(self, progress: Progress) -> None:
        """Measure what errors of outputs do to the answer, where the task says how."""
        found = self.weights.calibration.outputs = felt(self.program, self.weights.tensors, progress)
        if self.program.forward is not None and len(self.program.calibration) and not found:
            self._note("forward gave nothing that gradients flow through: rounding goes by inputs alone")

    def _note(self, says: str) -> None:
        if says not in self.notes:
            self.notes = (*self.notes, says)
