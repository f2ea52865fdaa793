from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders.own_roots import own_root
from builders.programs import QUICK, command, get, held, imports, service, tree
from deadweight.core.artifact import Image
from deadweight.core.errors import UsageError
from deadweight.core.probe import Probe, RunRecord
from deadweight.sandbox.command_line import program_of_image
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, Stand

PASSWD = "root:x:0:0::/root:/bin/sh\napp:x:1001:1002::/app:/bin/sh\n"
ACCOUNTS = {"etc/passwd": PASSWD, "etc/group": "staff:x:50:\n", "app/data.txt": "hello\n"}
IDS = [("7", "7 0"), ("7:8", "7 8"), ("1001", "1001 1002"), ("app:staff", "1001 50")]


def image_tree(folder: Path, *programs: str) -> Path:
    """A root file system of its own with accounts and a file of the application."""
    return own_root(tree(folder, ACCOUNTS), *programs)


def run(root: Path, program: Program | None, *probes: Probe) -> RunRecord:
    return launch(Stand(root, str(root), image=True), program, probes, RunSettings(held(), QUICK))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image_tree(tmp_path_factory.mktemp("image"), "cat", "ls", "id", "touch")


def test_an_image_is_its_own_root_and_nothing_of_the_host_is_seen(root: Path) -> None:
    seen = run(root, None, command("ls /; cat app/data.txt")).observations[0]
    assert seen.output.split() == ["app", "bin", "dev", "etc", "lib", "lib64", "proc", "run", "tmp", "usr", "hello"]


def test_nothing_of_an_image_is_written_and_no_mount_point_is_left_in_it(root: Path) -> None:
    before = sorted(str(path) for path in root.rglob("*"))
    record = run(root, None, command("touch /new; touch /app/new; touch /tmp/new && ls /tmp"))
    assert record.observations[0].output.split() == ["home", "new"]
    assert record.log.count("Read-only file system") == 2
    assert sorted(str(path) for path in root.rglob("*")) == before


def test_the_program_of_an_image_has_its_environment_directory_and_user(root: Path) -> None:
    image = Image(
        *("amd64", "linux", {}, {}),
        environment=("PATH=/usr/bin", "MODEL=small"),
        entrypoint=("sh", "-c"),
        command=('id -u; id -g; echo "$MODEL"; cat data.txt',),
        working_directory="/app",
        user="app",
    )
    record = run(root, program_of_image(image, Stand(root, image=True)))
    assert record.observations[0].output.split() == ["1001", "1002", "small", "hello"], record.log


@pytest.mark.parametrize(("user", "ids"), IDS)
def test_a_user_is_given_as_images_write_it(root: Path, user: str, ids: str) -> None:
    record = run(root, Program(("sh", "-c", "id -u; id -g"), user=user))
    assert record.observations[0].output.split() == ids.split()


def test_a_user_that_the_image_does_not_know_is_a_usage_error(root: Path) -> None:
    with pytest.raises(UsageError, match="'nobody-here' is not in etc/passwd"):
        run(root, Program(("sh",), user="nobody-here"))


def test_an_image_that_starts_nothing_is_a_usage_error(root: Path) -> None:
    with pytest.raises(UsageError, match="says of no program"):
        program_of_image(Image("amd64", "linux", {}, {}), Stand(root, image=True))


def test_the_program_of_an_image_is_root_where_the_image_names_nobody(root: Path) -> None:
    assert run(root, None, command("id -u")).observations[0].output == "0\n"


def test_a_program_that_is_not_in_the_image_says_so_in_the_log(root: Path) -> None:
    record = run(root, Program(("uvicorn", "app:app")), get("/"))
    assert not record.started
    assert "uvicorn" in record.log


def test_a_writable_directory_that_is_not_there_is_a_usage_error(root: Path) -> None:
    with pytest.raises(UsageError, match="/var/cache, which is no directory"):
        run(root, Program(("sh",), writable=("/var/cache",)))


def test_a_command_without_a_shell_is_run_by_its_words(tmp_path: Path) -> None:
    bare = image_tree(tmp_path, "cat")
    (bare / "usr/bin/sh").unlink()
    seen = run(bare, None, command("cat '/app/data.txt'")).observations[0]
    assert seen.output == "hello\n"


def test_a_service_in_an_image_is_proven_like_any_other(tmp_path: Path) -> None:
    """With the system's own Python, whose standard library is a few MB."""
    if not Path("/usr/bin/python3").exists():
        pytest.skip("there is no system Python to make an image of")
    root = image_tree(tmp_path, "python3")
    library = next(Path("/usr/lib").glob("python3.*/os.py")).parent
    shutil.copytree(library, root / "usr/lib" / library.name, symlinks=True, ignore=_needless)
    tree(root, {"app/app.py": service()})
    program = Program(("/usr/bin/python3", "app.py"), directory="/app")
    record = run(root, program, get("/answer"), imports("json", "sqlite3_absent"))
    assert record.error == "", record.log
    assert record.observations[0].output == '{"vector": [0.5, 0.25]}'
    assert record.observations[1].output.splitlines()[0] == "json\tok"


NEEDLESS = {"test", "__pycache__", "idlelib", "tkinter", "dist-packages", "ensurepip"}


def _needless(folder: str, names: list[str]) -> set[str]:
    return NEEDLESS.intersection(names)
