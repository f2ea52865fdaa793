"""`deadweight model`: what is in a model file, and the same file without its dead weight; one module a command."""

from __future__ import annotations

import click

from deadweight.cli.lazy_group import LazyGroup

COMMANDS: dict[str, str] = {
    "weigh": "tensors by bytes, what is dead weight and why; never runs the file",
    "strip": "the same tensors without optimizer state, copies and unread ones",
    "convert": "the same tensors in another form or dtype, read back and compared",
    "squeeze": "weights as codes, as few as a task allows; a gate decides",
    "prune": "the smallest weights at zero, and what that packs to",
    "quantize": "weights in eight bits or four, of a graph or of any checkpoint",
    "finetune": "a changed model learns what the original answers",
    "restore": "the plain model that a squeezed one stands for",
    "compare": "two models side by side: answers, bytes, time, memory, with intervals",
}


@click.group("model", cls=LazyGroup, package="deadweight.cli.model", listed=COMMANDS)
def COMMAND() -> None:  # noqa: N802
    """What is in model files, read without running them, and how to carry less of it.

    \b
    Examples:
      deadweight model weigh pretrained.pt
      deadweight model weigh models/ --json
      deadweight model strip pretrained.pt -o small.pt
    """
