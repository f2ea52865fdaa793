"""What an image's configuration says, and whether the layers agree with it (OCI image-spec, config.md)."""

from __future__ import annotations

from collections.abc import Mapping

from deadweight.core.artifact import Image
from deadweight.core.digest import checked_digest
from deadweight.core.errors import Corrupt
from deadweight.formats.documents import section, sections, text, texts
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.layer_reading import unpacked_digest
from deadweight.formats.images.store import Store
from deadweight.formats.tars.index import TarIndex

_ADVICE = "Docker and skopeo refuse such an image too: build or save it again."


def image_of(choice: Choice, where: str) -> Image:
    """What the image says of itself."""
    config = choice.config
    run = section(config, "config", where)
    return Image(
        architecture=text(config, "architecture", where),
        os=text(config, "os", where),
        config=config,
        manifest=choice.manifest,
        references=choice.references,
        environment=texts(run, "Env", where),
        entrypoint=texts(run, "Entrypoint", where),
        command=texts(run, "Cmd", where),
        working_directory=text(run, "WorkingDir", where),
        user=text(run, "User", where),
    )


def instructions(choice: Choice, where: str) -> tuple[str, ...]:
    """The instruction that made each layer, lowest first; empty where there is no history."""
    history = sections(choice.config, "history", where)
    return tuple(text(step, "created_by", where) for step in history if not step.get("empty_layer"))


def diff_ids(choice: Choice, where: str) -> tuple[str, ...]:
    """The digest that each layer's unpacked tar must have."""
    listed = texts(section(choice.config, "rootfs", where), "diff_ids", where)
    return tuple(checked_digest(one, f"{where}: rootfs") for one in listed)


def check_counts(choice: Choice, where: str) -> None:
    """Raise Corrupt where manifest, root file system and history disagree about how many layers there are."""
    layers = len(choice.layers)
    expected = len(diff_ids(choice, where))
    if layers != expected:
        raise Corrupt(
            f"the manifest has {layers} layers and the configuration {expected} diff IDs", where=where, advice=_ADVICE
        )
    made = len(instructions(choice, where))
    if made and made != layers:
        raise Corrupt(
            f"the manifest has {layers} layers and the history {made} steps that made one", where=where, advice=_ADVICE
        )


def check_diff_ids(store: Store, choice: Choice, indexes: Mapping[int, TarIndex]) -> None:
    """Raise Corrupt where a layer's content is not what the configuration says."""
    for number, expected in enumerate(diff_ids(choice, str(store.path))):
        if number not in indexes:
            continue
        name, index = choice.layers[number].name, indexes[number]
        algorithm = expected.partition(":")[0]
        actual = index.diff_id
        if algorithm != "sha256":
            actual = unpacked_digest(store.blobs[name].range, index.codec, algorithm)
        if actual != expected:
            raise Corrupt(
                f"layer {number + 1} unpacks to {actual} and the configuration says {expected}",
                where=f"{store.path}: {name}",
                advice=_ADVICE,
            )
