"""Judges a service over 172 distributions, side by side with deptry, FawltyDeps, creosote and pipdeptree."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measuring import best

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "examples" / "fat-requirements"
BUILD = ROOT / "build" / "deps"
NEEDED = frozenset({"fastapi", "uvicorn", "transformers", "torch", "scikit-learn", "opencv-python", "boto3"})
UNNEEDED = frozenset({"pandas", "matplotlib", "jupyter", "pytest", "black", "mypy", "sphinx"})
DOUBTFUL = frozenset({"pandas"})
"""What one can't be sure of from outside: narwhals, which scikit-learn needs since 1.9, has an extra for it alone."""
UNDECLARED = frozenset({"numpy", "pydantic", "joblib"})
FOREST = """
import joblib, numpy
from sklearn.ensemble import RandomForestClassifier
vectors = numpy.random.default_rng(0).random((64, 8))
forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(vectors, vectors.sum(1) > 4)
joblib.dump(forest, "models/forest.joblib")
"""
"""What trains the service's forest: elsewhere, so that no source of the service says what its pickle needs."""
PEERS = ("deptry", "fawltydeps", "creosote", "pipdeptree")


@dataclass(frozen=True, slots=True)
class Told:
    """What a program says is not needed, and what it says is not asked for."""

    unneeded: frozenset[str]
    undeclared: frozenset[str]


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run, and how what it printed is read."""

    name: str
    words: tuple[str | Path, ...]
    read: Callable[[str], Told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    service = prepare()
    print(f"best of {asked.rounds}; true and false of {len(UNNEEDED)} unneeded, {len(UNDECLARED)} undeclared\n")
    print(f"{'':<16}{'wall':>8}{'CPU':>8}   unneeded found, wrong   undeclared found, wrong")
    for program in programs(service):
        log = BUILD / f"{program.name}.log"
        cost = best(program.words, log, asked.rounds)
        print(
            f"{program.name:<16}{cost.wall:6.2f} s{cost.cpu:6.2f} s   {row(program.read(log.read_text()))}", flush=True
        )


def row(told: Told) -> str:
    """How many were found, and which were called so wrongly."""
    wrong = ", ".join(sorted(told.unneeded & NEEDED)) or "none"
    strange = ", ".join(sorted(told.undeclared - UNDECLARED)) or "none"
    return f"{len(told.unneeded & UNNEEDED)}, {wrong:<28}  {len(told.undeclared & UNDECLARED)}, {strange}"


def prepare() -> Path:
    """The service with its environment and its forest, and the peers, each installed by pip where it is not yet."""
    service = BUILD / "service"
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SERVICE, service, dirs_exist_ok=True)
    environment(BUILD / "env", "-r", str(service / "requirements.txt"))
    forest = service / "models" / "forest.joblib"
    if not forest.is_file():
        forest.parent.mkdir(exist_ok=True)
        subprocess.run([str(BUILD / "env" / "bin" / "python"), "-c", FOREST], cwd=service, check=True)
    environment(BUILD / "peers", *PEERS)
    return service


def environment(folder: Path, *wanted: str) -> None:
    """A virtual environment with what is wanted, made once."""
    done = folder / "is-whole"
    if not done.is_file():
        print(f"installing {' '.join(wanted)} in {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
        subprocess.run([*pip, *wanted], check=True)
        done.touch()


def programs(service: Path) -> tuple[Program, ...]:
    """Ours first."""
    env, peers = BUILD / "env", BUILD / "peers" / "bin"
    ours = (sys.executable, "-m", "deadweight", "deps", "check", service, "--env", env, "--json")
    paths = [word for folder in ("app", "tests", "scripts", "docs") for word in ("-p", service / folder)]
    site = next((env / "lib").glob("python*/site-packages"))
    python, stated = env / "bin" / "python", service / "requirements.txt"
    return (
        Program("deadweight", ours, of_deadweight),
        Program(
            "deptry",
            ("env", "-C", service, f"PYTHONPATH={site}", peers / "deptry", ".", "--no-ansi", "-rf", stated.name),
            of_deptry,
        ),
        Program(
            "FawltyDeps",
            (peers / "fawltydeps", "--json", "--code", service, "--deps", stated, "--pyenv", env),
            of_fawltydeps,
        ),
        Program(
            "creosote",
            (peers / "creosote", "--venv", env, *paths, "-d", stated, "--include-deferred"),
            of_creosote,
        ),
        Program("pipdeptree", (peers / "pipdeptree", "--python", python), lambda text: Told(frozenset(), frozenset())),
    )


def of_deadweight(text: str) -> Told:
    sure = [one for one in json.loads(text)["verdicts"] if one["is_sure"]]
    return Told(_of(sure, "unused", "misplaced"), _of(sure, "undeclared", "transitive"))


def _of(verdicts: list[dict[str, str]], *faults: str) -> frozenset[str]:
    return frozenset(one["name"] for one in verdicts if one["fault"] in faults)


def of_deptry(text: str) -> Told:
    unneeded = frozenset(re.findall(r"DEP002 '([\w.-]+)'", text))
    modules = re.findall(r"DEP00[13] '([\w.-]+)'", text)
    return Told(unneeded, frozenset(module.partition(".")[0] for module in modules))


def of_fawltydeps(text: str) -> Told:
    told = json.loads(text[text.index("{") :])
    unneeded = frozenset(one["name"] for one in told["unused_deps"] or ())
    return Told(unneeded, frozenset(one["name"] for one in told["undeclared_deps"] or ()))


def of_creosote(text: str) -> Told:
    listed = re.search(r"Unused dependencies found: ([\w., -]+)", text)
    return Told(frozenset(listed[1].split(", ")) if listed else frozenset(), frozenset())


if __name__ == "__main__":
    main()
