"""The rung of run time: seconds to decode a squeezed file, and the int8 session beside the one of the original."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import model_speed
from model_ladder import Ladder, Line
from model_packages import DATA, FILES, TASKS
from model_rungs import failed, out_of, run

DECODED = "MiniLM, decoded"
SESSION = "MiniLM, int8 session"
SLOWEST = 1.5


def run_time(ladder: Ladder, model: str) -> None:
    """One of the two."""
    {DECODED: decoded, SESSION: session}[model](ladder)


def decoded(ladder: Ladder) -> None:
    """`model restore` as a whole process, less the same command that does nothing: decoding, and writing 91 MB."""
    source = DATA / FILES["MiniLM"]
    squeezed = DATA / "out" / "ours-minilm.py-model.safetensors"
    what = "the file of our rung"
    if not squeezed.is_file():
        squeezed, what = out_of("decoded.safetensors"), "eight bits, as the file of our rung is not there"
        run("quantize", source, "-o", squeezed, "--method", "weight-only")
    ran, idle = run("restore", squeezed, "-o", out_of("restored.safetensors")), run("restore", "--help")
    if ran.error:
        ladder.keep(failed("run time", DECODED, ran, source.stat().st_size))
        return
    spent = ran.cost.cpu - idle.cost.cpu
    said = f"{spent:.2f} s of CPU, {ran.cost.peak / 1e6:.0f} MB at most; {what}"
    verdict = "passed" if spent <= SLOWEST else f"over {SLOWEST} s"
    ladder.keep(Line("run time", DECODED, source.stat().st_size, squeezed.stat().st_size, ran.cost.cpu, verdict, said))


def session(ladder: Ladder) -> None:
    """Both in onnxruntime, in turn, each in a process of its own."""
    try:
        files = model_speed.graphs()
    except SystemExit as fault:
        before = (DATA / FILES["MiniLM"]).stat().st_size
        ladder.keep(Line("run time", SESSION, before, 0, 0.0, "failed", " ".join(str(fault).split())[-240:]))
        return
    task = TASKS / "minilm_graphs.py"
    ran = run("compare", files["fp32"], files["int8"], "--task", task, *model_speed.COURSE)
    if ran.error:
        ladder.keep(failed("run time", SESSION, ran, files["fp32"].stat().st_size))
        return
    first, second = (ran.said[side]["costs"] for side in ("first", "second"))
    memory = second["run"] / first["run"]
    kept = ran.said["tasks"][0]["ratio"]["value"]
    said = f"{', '.join(map(faster, ran.said['contrasts']))}; memory {memory:.0%}; cosine {kept:.3f}"
    verdict = "passed" if model_speed.is_fast(ran.said) and memory <= model_speed.MEMORY else "not as wanted"
    before, after = (int(ran.said[side]["size"]) for side in ("first", "second"))
    ladder.keep(Line("run time", SESSION, before, after, ran.cost.cpu, verdict, said))


def faster(contrast: Mapping[str, Any]) -> str:
    """How many times less CPU, with its interval, and less wall time; in one thread both are one on an idle machine."""
    cpu, wall = contrast["cpu"], contrast["wall"]
    said = f"{cpu['value']:.2f} times faster [{cpu['low']:.2f}, {cpu['high']:.2f}] with {contrast['batch']}"
    return f"{said} (wall {wall['value']:.2f} [{wall['low']:.2f}, {wall['high']:.2f}])"


RUNS = (DECODED, SESSION)
