"""The rungs of the ladder that the commands climb: strip, the article's recipe, the usual claim, ours, run time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import Cost, measure
from model_ladder import Ladder, Line
from model_packages import DATA, FILES, TASKS

KEEP = 0.95
REFUSED = 3
STRIPPED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Resemblyzer": (".safetensors", ()),
    "Resemblyzer, for torch": (".pt", ()),
    "silero-vad, the set": (".safetensors", ("--tensors-only",)),
    "MiniLM": (".safetensors", ("--drop", "pooler.*", "--drop", "*position_ids")),
}
TASK_OF = {
    "MiniLM": "minilm.py",
    "CREPE full": "crepe.py",
    "CREPE tiny": "crepe.py",
    "EasyOCR english_g2": "easyocr.py",
    "Resemblyzer, stripped": "resemblyzer.py",
    "EfficientNet-Lite0": "efficientnet.py",
}
RATIO = {
    "MiniLM": 14.0,
    "EasyOCR english_g2": 15.0,
    "CREPE full": 26.0,
    "Resemblyzer, stripped": 7.0,
    "CREPE tiny": 13.0,
}
"""How many times smaller is asked for: stated before anything is measured, so that the gate has one look."""
USUAL = {"Resemblyzer, stripped": "feedback"}
"""Where four bits in groups are not enough: they break recurrent gates, which take a step for each row and feedback."""
PRUNED = {"MiniLM, 10 % pruned": "0.1", "MiniLM, 30 % pruned": "0.3"}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the command: what it said, and what it cost."""

    cost: Cost
    said: Mapping[str, Any]
    error: str = ""


def run(*words: str | Path) -> Ran:
    """`deadweight model …`; what ends otherwise than with 0 or a refusal is an error, with its first lines."""
    log = DATA / f"ladder-{os.getpid()}.log"
    cost = measure([sys.executable, "-m", "deadweight", "model", *words, "--json", "--quiet"], log)
    text = log.read_text("utf-8", "replace")
    log.unlink()
    start = text.find("{")
    if cost.status not in (0, REFUSED) or start < 0:
        return Ran(cost, {}, " ".join(text.split())[-240:] or f"exit status {cost.status}")
    return Ran(cost, json.loads(text[start:]))


def out_of(name: str) -> Path:
    """Where a result goes; what an earlier run left there is gone."""
    path = DATA / "out" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def failed(rung: str, model: str, ran: Ran, before: int) -> Line:
    """The line of what came to nothing."""
    return Line(rung, model, before, 0, ran.cost.cpu, "failed", ran.error)


def strip(ladder: Ladder, model: str) -> None:
    """The command compares every tensor that it keeps."""
    ending, more = STRIPPED[model]
    source = DATA / FILES[model.partition(", for")[0]]
    stripped = out_of(f"{model.split()[0].strip(',')}-stripped{ending}")
    ran = run("strip", source, "-o", stripped, *more)
    if ran.error:
        ladder.keep(failed("strip", model, ran, 0))
        return
    said = f"every tensor equal; peak {ran.cost.peak / 1e6:.0f} MB"
    ladder.keep(Line("strip", model, ran.said["before"], ran.said["after"], ran.cost.cpu, "passed", said))


def usual(ladder: Ladder, model: str) -> None:
    """Four bits a weight in groups, embeddings and convolutions included, as tools that quantise do; or `USUAL`."""
    squeezed(ladder, "usual", model, "--ratio", "5", "--method", USUAL.get(model, "int4"))


def ours(ladder: Ladder, model: str) -> None:
    """As many times smaller as was stated; else as small as development data foresee that the gate lets by."""
    squeezed(ladder, "ours", model, *(("--ratio", str(RATIO[model])) if model in RATIO else ()))


def squeezed(ladder: Ladder, rung: str, model: str, *more: str) -> None:
    """Squeeze it; what the gate refuses is told with the bytes that it would have had."""
    source = DATA / FILES[model]
    if model.endswith("stripped") and not source.is_file():
        run("strip", DATA / FILES["Resemblyzer"], "-o", source)
    target = ("-o", out_of(f"{rung}-{TASK_OF[model]}-{source.stem}.safetensors"), "--task", TASKS / TASK_OF[model])
    ran = run("squeeze", source, *target, "--keep", str(KEEP), *more)
    if ran.error:
        ladder.keep(failed(rung, model, ran, source.stat().st_size))
        return
    chosen = ran.said["chosen"] or min(ran.said["front"], key=lambda one: one["size"])
    gate = ran.said["gate"] or chosen["judged"]
    verdict = "passed" if ran.said["passed"] else "refused" if ran.said["gate"] else "refused by development"
    after = ran.said["after"] or chosen["size"]
    ladder.keep(Line(rung, model, ran.said["before"], after, ran.cost.cpu, verdict, worst_of(gate)))


def worst_of(gate: list[dict[str, Any]]) -> str:
    """The task of least certainty, in words."""
    if not gate:
        return "no method makes it as small as asked"
    worst = min(gate, key=lambda one: float(one["lower"]))
    kept = worst["after"] / worst["before"]
    return f"{worst['task']} {kept:.3f}, at least {worst['lower']:.3f} (n {worst['examples']:,}; worst of {len(gate)})"


def article(ladder: Ladder, model: str) -> None:
    """The smallest weights of each layer at zero, 100 steps against the original, eight bits under zstd."""
    source, task = DATA / FILES["MiniLM"], TASKS / "minilm.py"
    sparse, tuned, small = (out_of(f"article-{name}.safetensors") for name in ("sparse", "tuned", "small"))
    steps: tuple[tuple[str | Path, ...], ...] = (
        ("prune", source, "-o", sparse, "--amount", PRUNED[model]),
        ("finetune", sparse, "-o", tuned, "--against", source, "--task", task, "--steps", "100"),
        ("quantize", tuned, "-o", small, "--method", "weight-only"),
        ("compare", source, small, "--task", task, "--no-timing"),
    )
    spent = 0.0
    for words in steps:
        ran = run(*words)
        spent += ran.cost.cpu
        if ran.error:
            ladder.keep(failed("article", model, ran, source.stat().st_size))
            return
    worst = min(ran.said["tasks"], key=lambda one: float(one["ratio"]["low"]))
    ratio = worst["ratio"]
    said = f"{worst['task']} {ratio['value']:.3f}, {ratio['low']:.3f} to {ratio['high']:.3f} (n {worst['examples']:,})"
    verdict = "passed" if ratio["low"] >= KEEP else "below 95 %"
    ladder.keep(Line("article", model, source.stat().st_size, small.stat().st_size, spent, verdict, said))


RUNNERS = {
    "strip": (strip, tuple(STRIPPED)),
    "article": (article, tuple(PRUNED)),
    "usual": (
        usual,
        ("CREPE tiny", "Resemblyzer, stripped", "EasyOCR english_g2", "CREPE full", "MiniLM", "EfficientNet-Lite0"),
    ),
    "ours": (
        ours,
        ("CREPE tiny", "Resemblyzer, stripped", "EasyOCR english_g2", "EfficientNet-Lite0", "CREPE full", "MiniLM"),
    ),
}
