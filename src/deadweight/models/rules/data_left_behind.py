"""Files of tensor data beside a graph that no graph names any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from deadweight.core.finding import Confidence, Evidence
from deadweight.core.model_seams import ModelRule
from deadweight.core.tensor import TensorFinding, Weighing

NAME = "data_left_behind"
_ENDINGS = (".data", "_data", ".onnx.bin", ".weight", ".weights")


def _find(weighing: Weighing) -> Iterator[TensorFinding]:
    named: dict[Path, set[Path]] = defaultdict(set)
    graphs: dict[Path, list[str]] = defaultdict(list)
    for checkpoint in weighing.checkpoints:
        folder = Path(checkpoint.location).parent
        named[folder].update(folder / name for name in checkpoint.files)
        if checkpoint.has_graph:
            graphs[folder].append(Path(checkpoint.location).name)
    for folder, names in graphs.items():
        yield from _left(folder, names, named[folder])


def _left(folder: Path, graphs: list[str], named: set[Path]) -> Iterator[TensorFinding]:
    for path in sorted(folder.iterdir()):
        beside = path.name.endswith(_ENDINGS) or path.name.startswith("onnx__")
        if path.is_file() and beside and path not in named and path.stat().st_size:
            yield TensorFinding(
                rule=NAME,
                says=f"{path.name} has the name of tensor data and no graph beside it names it",
                size=path.stat().st_size,
                evidence=(Evidence(f"looked in {', '.join(sorted(graphs)[:5])}", str(path)),),
                confidence=Confidence.LIKELY,
            )


MODEL_RULE: ModelRule = ModelRule(NAME, "external data that no graph names any more", _find)
