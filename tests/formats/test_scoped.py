from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deadweight.formats.trees.scoped import DIRECTORY, open_beneath, open_by_component, openat2

Open = Callable[[int, str, int], int]


@pytest.fixture(params=[open_beneath, open_by_component], ids=["kernel", "components"])
def open_scoped(request: pytest.FixtureRequest) -> Open:
    if request.param is open_beneath and openat2() is None:
        pytest.skip("this kernel has no openat2")
    return request.param  # type: ignore[no-any-return]  # one of the two above


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    inside = tmp_path / "root"
    (inside / "a" / "b").mkdir(parents=True)
    (inside / "a" / "b" / "file").write_bytes(b"inside")
    (inside / "up").symlink_to("../outside")
    (inside / "absolute").symlink_to(tmp_path / "outside")
    (inside / "own").symlink_to("a")
    (inside / "loop").symlink_to("loop")
    opened = os.open(inside, DIRECTORY)
    yield opened
    os.close(opened)


def test_a_path_without_links_is_opened(open_scoped: Open, root: int) -> None:
    opened = open_scoped(root, "a/b/file", os.O_RDONLY)
    assert os.read(opened, 10) == b"inside"
    os.close(opened)


def test_the_empty_path_is_the_root_itself(open_scoped: Open, root: int) -> None:
    opened = open_scoped(root, "", DIRECTORY)
    assert os.fstat(opened).st_ino == os.fstat(root).st_ino
    assert opened != root
    os.close(opened)


@pytest.mark.parametrize(
    "path", ["up/secret", "absolute/secret", "own/b/file", "up", "absolute", "own", "loop", "loop/x", "a/../up/secret"]
)
def test_no_link_is_followed_wherever_it_leads(path: str, open_scoped: Open, root: int) -> None:
    with pytest.raises(OSError) as caught:  # noqa: PT011  # the number is looked at below
        open_scoped(root, path, os.O_RDONLY)
    assert caught.value.errno in (errno.ELOOP, errno.ENOTDIR)


@pytest.mark.parametrize("path", ["up/new", "absolute/new", "own/new"])
def test_nothing_is_made_behind_a_link(path: str, open_scoped: Open, root: int, tmp_path: Path) -> None:
    with pytest.raises(OSError):  # noqa: PT011  # ELOOP or ENOTDIR by kernel
        open_scoped(root, path, os.O_WRONLY | os.O_CREAT)
    assert os.listdir(tmp_path / "outside") == ["secret"]  # noqa: PTH208


def test_a_refused_path_leaves_no_descriptor_open(open_scoped: Open, root: int) -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    for path in ("up/secret", "a/b/none", "a/b/file/x"):
        with pytest.raises(OSError):  # noqa: PT011
            open_scoped(root, path, os.O_RDONLY)
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208
