"""The shape of the product: small, quick to start, documented where it stands, every plug-in tested."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import deadweight
from deadweight.cli.documentation import documents
from deadweight.cli.main import COMMANDS
from deadweight.core.model_seams import ModelReader, ModelRule
from deadweight.core.plugins import found, named
from deadweight.core.seams import Cataloger, Codec, EditKind, Format, ReportForm, Rule
from deadweight.squeezing.method import Method

SOURCE = Path(deadweight.__file__).parent
ROOT = SOURCE.parents[1]
TESTS = ROOT / "tests"
HEADINGS = ["Why it weighs", "Evidence", "Edit", "Source"]
RULES = found("deadweight.rules", "RULE", Rule)


def test_version_takes_less_than_60_ms_of_cpu() -> None:
    program = "import resource, sys; from deadweight.cli.main import main; main(['--version'])\n"
    program += "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime)"
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "12345"
    ]
    assert all(done.stdout.startswith("deadweight ") for done in runs)
    assert min(float(done.stdout.split()[-1]) for done in runs) < 0.060


def test_help_imports_no_heavy_part() -> None:
    program = "import sys; from deadweight.cli.program import run; run(['--help']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.rpartition("[")[2]
    assert not [name for name in ("numpy", "torch", "'msgspec'", "'blake3'", "'backports.zstd'") if name in loaded]


def core_distributions() -> set[str]:
    waiting, seen = ["deadweight"], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return seen


def test_the_core_install_is_under_20_mb() -> None:
    sizes = {}
    for name in core_distributions() - {"deadweight"}:
        files = metadata.files(name) or []
        places = [Path(str(file.locate())) for file in files]
        sizes[name] = sum(place.stat().st_size for place in places if place.is_file())
    sizes["deadweight"] = sum(path.stat().st_size for path in SOURCE.rglob("*.py"))
    assert len(sizes) <= 7
    assert sum(sizes.values()) < 20_000_000, sizes


@pytest.mark.parametrize("plugin", RULES, ids=lambda plugin: str(plugin.value.name))
def test_every_rule_is_documented_under_four_headings(plugin: object) -> None:
    doc: str = plugin.doc  # type: ignore[attr-defined]  # a Plugin, which pytest hands over untyped
    lines = [line.strip() for line in doc.split("\n")]
    assert [line for line in lines if line in HEADINGS] == HEADINGS
    assert lines[0].endswith(".")


@pytest.mark.parametrize("plugin", RULES, ids=lambda plugin: str(plugin.value.name))
def test_every_rule_has_a_case_that_finds_and_one_that_does_not(plugin: object) -> None:
    module: str = plugin.module.rpartition(".")[2]  # type: ignore[attr-defined]  # as above
    text = (TESTS / "rules" / f"test_{module}.py").read_text("utf-8")
    assert "def test_finds_" in text
    assert "def test_leaves_" in text


@pytest.mark.parametrize(
    ("package", "constant", "kind", "least"),
    [
        ("rules", "RULE", Rule, 25),
        ("formats", "FORMAT", Format, 10),
        ("codecs", "CODEC", Codec, 5),
        ("owners", "CATALOGER", Cataloger, 8),
        ("edits", "EDIT", EditKind, 5),
        ("reports", "FORM", ReportForm, 2),
        ("models.readers", "MODEL_READER", ModelReader, 12),
        ("models.rules", "MODEL_RULE", ModelRule, 10),
        ("squeezing.methods", "METHOD", Method, 5),
    ],
)
def test_every_seam_has_its_plug_ins_each_under_a_name_of_its_own(
    package: str, constant: str, kind: type[object], least: int
) -> None:
    assert len(named(found(f"deadweight.{package}", constant, kind))) >= least


def test_every_command_is_a_module_of_its_name_and_has_examples() -> None:
    told = documents()["commands.md"]
    for name in COMMANDS:
        assert (SOURCE / "cli" / f"{name}.py").is_file() or (SOURCE / "cli" / name / "__init__.py").is_file()
        section = told.split(f"## deadweight {name}\n")[1].split("\n## ")[0]
        assert "Examples:" in section, name
        assert f"deadweight {name}" in section.split("Examples:")[1]


def test_the_documentation_is_what_the_code_says() -> None:
    stale = [name for name, wanted in documents().items() if (ROOT / "docs" / name).read_text("utf-8") != wanted]
    assert not stale, "run make docs"


@pytest.mark.parametrize("name", ["report.schema.json", "plan.schema.json", "trace.schema.json", "model.schema.json"])
def test_the_published_schema_only_gains_fields(name: str) -> None:
    """`first/` holds the schemas as first published; what they name stays, with its type."""
    first = json.loads((TESTS / "structure" / "first" / name).read_text("utf-8"))
    now = json.loads(documents()[name])
    for definition, body in first["$defs"].items():
        for field, kind in body.get("properties", {}).items():
            here = now["$defs"][definition]["properties"][field]
            assert here.get("type") == kind.get("type"), f"{definition}.{field}"


def test_the_readme_names_only_commands_that_there_are() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    used = {line.split()[1] for line in text.splitlines() if line.startswith("    deadweight ")}
    assert used <= set(COMMANDS)
    assert {"weigh", "slim"} <= used


def test_only_cli_and_reports_print() -> None:
    quiet = [path for path in SOURCE.rglob("*.py") if path.parent.name not in ("cli", "reports")]
    printing = [f"{path.name}:{line}" for path in quiet for line in printed_lines(path)]
    assert not printing


def printed_lines(path: Path) -> list[int]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
