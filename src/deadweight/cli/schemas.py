"""The JSON Schema of every document that a command prints, for those who read it with a program."""

from __future__ import annotations

from collections.abc import Mapping

from deadweight.core.conversion import Converted
from deadweight.core.model_report import ModelReport, Stripped
from deadweight.core.plan import Plan
from deadweight.core.steps import Pruned, Quantised, Tuned
from deadweight.core.trace import Trace
from deadweight.reports.json import report_schema, schema, text

_NOUNS: Mapping[str, type[object]] = {
    "plan": Plan,
    "trace": Trace,
    "model": ModelReport,
    "model-strip": Stripped,
    "model-convert": Converted,
    "model-prune": Pruned,
    "model-quantize": Quantised,
    "model-finetune": Tuned,
}


def schemas() -> Mapping[str, str]:
    """The text of each by its file name."""
    plain = {f"{name}.schema.json": text(schema(noun, {})) for name, noun in _NOUNS.items()}
    return {"report.schema.json": text(report_schema()), **plain}
