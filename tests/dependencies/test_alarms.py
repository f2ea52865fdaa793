"""Alarms: what nobody meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from builders.declared import project_of
from builders.projects import declared, used
from deadweight.core.environment import Environment, Installed
from deadweight.core.errors import UsageError
from deadweight.core.project import Project
from deadweight.core.requirement import Declarations, Declared, Lock, LockedFile, Pinned, Place, Role
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.alarms import alarms, newer_of
from deadweight.dependencies.gpu_arrival import download_of
from deadweight.pipeline.dependencies.checking import Choice, check_project


def pin(name: str, version: str = "1", *needs: str, size: int | None = None, marker: str = "") -> Pinned:
    files = () if size is None else (LockedFile(f"{name}-{version}-py3-none-manylinux_2_28_x86_64.whl", size),)
    return Pinned(name, version, Place("uv.lock", 1), needs, marker, files=files)


def lock(*pins: Pinned, path: str = "uv.lock") -> Lock:
    return Lock(path, path, pins)


def project(*locks: Lock, asks: Sequence[Declared] = (), environment: Environment | None = None) -> Project:
    stated = Declarations(tuple(asks), files=("requirements.txt",))
    return Project("here", (), lambda path: b"", lambda path: Role.CORE, stated, locks, environment)


def raised(one: Project, before: Lock | None = None) -> list[tuple[str, str, int | None]]:
    return [(verdict.name, verdict.says, verdict.size) for verdict in alarms(one, before)]


OLD = lock(
    pin("svc-lib", "1", "sentence-transformers"),
    pin("sentence-transformers", "2", "torch"),
    pin("torch", "2.11"),
    path="old.lock",
)
NEW = lock(
    pin("svc-lib", "1", "sentence-transformers"),
    pin("sentence-transformers", "3", "torch>=2"),
    pin("torch", "2.12", "nvidia-cublas; sys_platform == 'linux'", "triton"),
    pin("nvidia-cublas", "13", "nvidia-nvrtc", size=2_000),
    pin("nvidia-nvrtc", "13", size=300),
    pin("triton", "3", size=40),
)


def test_cuda_that_comes_with_a_bump_is_told_with_who_brought_it_and_its_bytes() -> None:
    assert raised(project(NEW, asks=[declared("svc-lib")]), OLD) == [
        (
            "torch",
            "brings 3 libraries for a GPU that old.lock had not: svc-lib 1, which brings sentence-transformers 2 -> 3,"
            " which brings torch 2.11 -> 2.12",
            2_340,
        )
    ]


def test_cuda_that_was_there_before_is_no_alarm() -> None:
    assert raised(project(NEW, asks=[declared("svc-lib")]), NEW) == []


def test_cuda_is_no_alarm_without_an_older_lock() -> None:
    assert raised(project(NEW)) == []


def test_bytes_that_no_lock_states_are_not_known() -> None:
    after = lock(pin("torch", "2", "nvidia-cublas"), pin("nvidia-cublas"))
    ((_, _, size),) = raised(project(after), lock(pin("torch", "1"), path="old.lock"))
    assert size is None


def test_a_lock_that_does_not_say_who_needs_whom_is_said_not_to() -> None:
    ((name, says, size),) = raised(project(lock(pin("triton", size=5))), lock(path="old.lock"))
    assert (name, size) == ("triton", 5)
    assert says.endswith("the lock does not say for whom")


def test_a_distribution_that_is_new_is_said_to_be() -> None:
    after = lock(pin("cupy-user", "1", "cupy-cuda12x"), pin("cupy-cuda12x"))
    ((_, says, _),) = raised(project(after), lock(path="old.lock"))
    assert says == "brings a library for a GPU that old.lock had not: cupy-user 1 (new)"


def test_a_circle_of_needs_ends() -> None:
    after = lock(pin("a", "1", "b", "triton"), pin("b", "1", "a"), pin("triton", "1", "a"))
    assert [name for name, _, _ in raised(project(after), lock(path="old.lock"))] == ["a"]


def test_a_build_for_the_processor_that_is_lost_is_told() -> None:
    before = lock(pin("torch", "2.0+cpu"), path="old.lock")
    assert raised(project(lock(pin("torch", "2.1", size=500))), before) == [
        ("torch", "was the build for the processor and is not any more: torch 2.0+cpu -> 2.1", 500)
    ]


@pytest.mark.parametrize(
    ("files", "size"),
    [
        ((), None),
        ((LockedFile("a.tar.gz", None),), None),
        ((LockedFile("a.tar.gz", 9),), 9),
        ((LockedFile("a.tar.gz", 9), LockedFile("a-win_amd64.whl", 5)), 5),
        ((LockedFile("a-win_amd64.whl", 7), LockedFile("a-manylinux_2_28_x86_64.whl", 5)), 5),
    ],
)
def test_what_linux_takes_is_what_counts(files: tuple[LockedFile, ...], size: int | None) -> None:
    assert download_of(Pinned("a", "1", Place("uv.lock"), files=files)) == size


def test_two_versions_of_one_name_are_told_unless_markers_keep_them_apart() -> None:
    assert raised(project(lock(pin("a", "1"), pin("a", "2")))) == [
        ("a", "is pinned to 1 and 2 in uv.lock, and no marker keeps them apart", None)
    ]
    apart = lock(pin("a", "1", marker="sys_platform == 'linux'"), pin("a", "2", marker="sys_platform != 'linux'"))
    assert raised(project(apart)) == []


def test_two_locks_that_differ_are_told_once() -> None:
    other = lock(pin("a", "2"), pin("b", "2"), pin("c"), path="requirements.txt")
    (one,) = alarms(project(lock(pin("a", "1"), pin("b", "1"), pin("c")), other), None)
    assert (one.name, one.says) == ("a", "is 1 in uv.lock and 2 in requirements.txt, and 1 more differ")
    assert not one.is_sure


def test_locks_that_agree_are_no_alarm() -> None:
    assert raised(project(lock(pin("a")), lock(pin("a"), path="pylock.toml"))) == []


def test_two_distributions_of_the_same_modules_are_told() -> None:
    ((name, says, _),) = raised(project(lock(pin("opencv-python"), pin("opencv-python-headless"))))
    assert name == "opencv-python"
    assert "same modules as opencv-python-headless" in says


def test_one_that_needs_the_other_is_meant_so() -> None:
    assert raised(project(lock(pin("mlflow", "1", "mlflow-skinny==1"), pin("mlflow-skinny")))) == []


def environment(**modules: set[str]) -> Environment:
    return Environment(".venv", tuple(Installed(n, "1", n, modules=frozenset(m)) for n, m in modules.items()))


def test_a_module_that_two_installed_distributions_have_is_told() -> None:
    both = environment(one={"cv2", "cv2.cv2"}, two={"cv2", "cv2.cv2", "cv2.gapi"})
    assert raised(project(environment=both)) == [
        ("one", "has cv2.cv2, and so has two: the one that was installed last is in place", None)
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"google", "google.a", "google.a.b"}, {"google", "google.c"}),
        ({"tests", "a"}, {"tests", "b"}),
        ({"a"}, {"b"}),
        ({"py"}, {"py", "py.path"}),
    ],
)
def test_a_namespace_and_what_everybody_calls_so_is_no_alarm(one: set[str], two: set[str]) -> None:
    assert raised(project(environment=environment(one=one, two=two))) == []


def test_tools_of_development_in_production_are_told_and_not_surely() -> None:
    asks = [declared("pytest"), declared("black", Role.DEVELOPMENT), declared("setuptools"), declared("flask")]
    (one,) = alarms(project(asks=asks), None)
    assert (one.name, one.is_sure, one.fault) == ("pytest", False, Fault.ALARMING)
    assert one.says == "is a test framework, and is asked for by what runs in production"


def test_a_tool_that_the_service_uses_is_no_alarm() -> None:
    assert alarms(project(asks=[declared("ipython")]), None, [used("IPython.display")]) == ()


def test_the_lock_of_the_same_form_is_compared() -> None:
    two = project(lock(path="pylock.toml"), lock(path="uv.lock"))
    assert newer_of(two, lock(path="uv.lock")) is two.locks[1]
    assert newer_of(two, lock(path="other")) is two.locks[0]
    assert newer_of(project(), lock()) is None


FILES = {
    "app/main.py": "import torch\n",
    "requirements.in": "torch\n",
    "requirements.txt": "# autogenerated by pip-compile\ntorch==2\n    # via -r requirements.in\n"
    "triton==3\n    # via torch\n",
    "before.txt": "# autogenerated by pip-compile\ntorch==1\n    # via -r requirements.in\n",
}


def verdicts(folder: Path, against: str) -> list[Verdict]:
    checked = check_project(project_of(folder, FILES), None, Choice(against=folder / against))
    return [one for one in checked.verdicts if one.fault is Fault.ALARMING]


def test_check_compares_with_an_older_lock(tmp_path: Path) -> None:
    (one,) = verdicts(tmp_path, "before.txt")
    assert one.says == f"brings a library for a GPU that {tmp_path}/before.txt had not: torch 1 -> 2"
    assert verdicts(tmp_path, "requirements.txt") == []


def test_an_older_lock_that_is_missing_or_has_no_newer_one_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        verdicts(tmp_path, "nowhere.txt")
    (tmp_path / "requirements.txt").write_text("torch\n", "utf-8")
    with pytest.raises(UsageError, match="no lock in the project"):
        check_project(tmp_path, None, Choice(against=tmp_path / "before.txt"))
