"""A project split into lists and locks, each resolvable by itself, versions kept, nothing half written."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from builders.command import names, state
from builders.indexes import index_of, links, offline_uv
from builders.projects import installed, project_at
from deadweight.core.errors import UsageError
from deadweight.dependencies.checking import check
from deadweight.pipeline.dependencies.chosen import chosen
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.locking import Form, Wish, asked_of, lock
from deadweight.pipeline.dependencies.split_order import SplitOrder
from deadweight.pipeline.dependencies.splitting import split_lists, write_lists
from deadweight.pipeline.usages import usages
from deadweight.requirements.resolving.resolution import Demand, resolve
from deadweight.requirements.resolving.targets import targets

RELEASES = {
    "alpha==1.0": ["delta"],
    "alpha==2.0": ["delta"],
    "beta==1.0": [],
    "beta==3.0": [],
    "gamma==1.0": [],
    "delta==1.0": [],
    "delta==1.5": [],
    "pytest==9.0": ["beta"],
}
FILES = {
    "requirements.txt": "alpha\ngamma  # old\npytest\n",
    "app/__init__.py": "",
    "app/main.py": "import alpha\nimport delta\n",
    "tests/test_app.py": "import pytest\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Judged:
    folder = project_at(tmp_path / "service", FILES)
    found = chosen(folder, None)
    known = installed(alpha="1.0", beta="1.0", gamma="1.0", delta="1.0", pytest="9.0")
    opened = replace(found.project, environment=known)
    return replace(found, project=opened, verdicts=check(opened, usages(opened)))


def order(tmp_path: Path, **more: object) -> SplitOrder:
    index = tmp_path / "index"
    if not index.exists():
        index_of(index, RELEASES)
    wish = Wish(("3.11",), (), links(index))
    return replace(SplitOrder(tmp_path / "out", wish), **more)  # type: ignore[arg-type]  # the keywords are fields


def written(tmp_path: Path, project: Judged, wanted: SplitOrder) -> Path:
    write_lists(project, wanted, split_lists(offline_uv(tmp_path), project, wanted))
    return wanted.out


def test_each_list_is_written_with_its_lock_and_the_project_stays_as_it_was(tmp_path: Path, project: Judged) -> None:
    before = state(project.folder)
    out = written(tmp_path, project, order(tmp_path))
    assert names(out) == [
        "requirements-core.lock.txt",
        "requirements-core.txt",
        "requirements-test.lock.txt",
        "requirements-test.txt",
    ]
    assert state(project.folder) == before


def test_the_core_has_what_run_time_uses_and_says_where(tmp_path: Path, project: Judged) -> None:
    out = written(tmp_path, project, order(tmp_path))
    assert (out / "requirements-core.txt").read_text().splitlines()[1:] == [
        "alpha",
        "delta>=1.0  # added: delta is imported (app/main.py:2)",
    ]


def test_versions_stay_those_that_are_installed(tmp_path: Path, project: Judged) -> None:
    out = written(tmp_path, project, order(tmp_path))
    core, test = ((out / f"requirements-{name}.lock.txt").read_text() for name in ("core", "test"))
    assert [line.split()[0] for line in core.splitlines() if "==" in line] == ["alpha==1.0", "delta==1.0"]
    assert [line.split()[0] for line in test.splitlines() if "==" in line] == ["beta==1.0", "pytest==9.0"]


def test_each_list_resolves_by_itself(tmp_path: Path, project: Judged) -> None:
    wanted = order(tmp_path)
    out = written(tmp_path, project, wanted)
    for name in ("core", "test"):
        asked = asked_of([out / f"requirements-{name}.txt"])
        found = lock(offline_uv(tmp_path), asked, wanted.wish, {})
        assert found.resolved.pins


def test_groups_go_into_a_copy_of_the_project_s_file(tmp_path: Path, project: Judged) -> None:
    text = '[project]\nname = "service"  # ours\nversion = "1"\n'
    (project.folder / "pyproject.toml").write_text(text)
    out = written(tmp_path, project, order(tmp_path, groups=True, form=Form.PYLOCK))
    assert names(out) == ["pylock.core.toml", "pylock.test.toml", "pyproject.toml"]
    made = tomllib.loads((out / "pyproject.toml").read_text())
    assert made["project"]["dependencies"] == ["alpha", "delta>=1.0"]
    assert made["dependency-groups"] == {"test": ["pytest"]}
    assert (project.folder / "pyproject.toml").read_text() == text


def test_the_same_project_gives_the_same_bytes(tmp_path: Path, project: Judged) -> None:
    first = written(tmp_path, project, order(tmp_path))
    second = written(tmp_path, project, order(tmp_path, out=tmp_path / "again"))
    assert {one.name: one.read_bytes() for one in first.iterdir()} == {
        one.name: one.read_bytes() for one in second.iterdir()
    }


def test_where_the_result_is_there_already_nothing_of_it_is_touched(tmp_path: Path, project: Judged) -> None:
    wanted = order(tmp_path)
    wanted.out.mkdir()
    with pytest.raises(UsageError, match="already there"):
        written(tmp_path, project, wanted)
    assert names(wanted.out) == []


def test_what_cannot_be_resolved_leaves_nothing(tmp_path: Path, project: Judged) -> None:
    index = index_of(tmp_path / "poor", {"alpha==1.0": ["nowhere"]})
    wanted = SplitOrder(tmp_path / "out", Wish(("3.11",), (), links(index)))
    with pytest.raises(UsageError, match="no versions satisfy"):
        written(tmp_path, project, wanted)
    assert not wanted.out.exists()


def test_what_is_weighed_is_what_is_installed(tmp_path: Path, project: Judged) -> None:
    wanted = order(tmp_path)
    outcome = write_lists(project, wanted, split_lists(offline_uv(tmp_path), project, wanted))
    assert [(one.name, one.versions, one.installed) for one in outcome.weights] == [
        ("core", 2, 2000),
        ("test", 2, 2000),
    ]
    assert outcome.whole is not None
    assert outcome.whole.installed == 5000
    assert outcome.written


def test_the_names_of_a_lock_are_those_that_uv_reads(tmp_path: Path, project: Judged) -> None:
    out = written(tmp_path, project, order(tmp_path, form=Form.PYLOCK))
    index = tmp_path / "index"
    uv = offline_uv(tmp_path)
    uv.run(("venv", "--quiet", str(tmp_path / "fresh")), tmp_path)
    python = str(tmp_path / "fresh/bin/python")
    uv.run(
        ("pip", "install", "--quiet", "--python", python, *links(index), "-r", str(out / "pylock.core.toml")), tmp_path
    )
    listed = uv.run(("pip", "list", "--format", "freeze", "--python", python), tmp_path)
    assert listed.split() == ["alpha==1.0", "delta==1.0"]


def test_preferences_of_one_target_hold_for_the_next(tmp_path: Path) -> None:
    index = index_of(tmp_path / "index", RELEASES)
    demand = Demand(("alpha",), tmp_path, preferred={"alpha": "1.0"}, options=links(index))
    found = resolve(offline_uv(tmp_path), demand, targets(("3.11",), ("linux", "macos")))
    assert [(pin.name, pin.version, pin.marker) for pin in found.pins] == [("alpha", "1.0", ""), ("delta", "1.5", "")]
