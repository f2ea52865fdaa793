"""`deadweight zoo`: versions of models in one store that keeps each tensor once; one module a command."""

from __future__ import annotations

import click

from deadweight.cli.lazy_group import LazyGroup

COMMANDS: dict[str, str] = {
    "add": "put a model file or folder into the store as a version",
    "list": "the versions, what they take and what they share",
    "show": "one version: where it comes from, its tensors, who shares them",
    "diff": "what two versions differ in, and by how much",
    "get": "the files of a version, byte for byte as they were added",
    "rm": "forget a version",
    "gc": "remove the blobs that no version needs",
    "verify": "read every byte and hold it against its digest",
}


@click.group("zoo", cls=LazyGroup, package="deadweight.cli.zoo", listed=COMMANDS)
def COMMAND() -> None:  # noqa: N802
    """Versions of models in one store: equal tensors once, near ones as differences, files back byte for byte.

    The store is an OCI image layout, so that any registry can carry it.

    \b
    Examples:
      deadweight zoo add model.safetensors minilm:1.0
      deadweight zoo list
      deadweight zoo get minilm:1.0 -o model.safetensors
    """
