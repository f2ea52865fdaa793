from __future__ import annotations

from pathlib import Path

import pytest

from builders.programs import tree
from deadweight.core.errors import UsageError
from deadweight.sandbox.bubblewrap import environment_of, network_words, program_words, user_ids
from deadweight.sandbox.stand import Program, RunLimits, Stand


def words(stand: Stand, program: Program | None = None, limits: RunLimits | None = None) -> list[str]:
    return list(program_words(stand, program or Program(()), limits or RunLimits()))


def after(line: list[str], option: str, count: int = 1) -> list[list[str]]:
    return [line[at + 1 : at + 1 + count] for at, word in enumerate(line) if word == option]


def stand_of(folder: Path) -> Stand:
    return Stand(folder, str(folder))


def image_of(folder: Path, **files: str) -> Stand:
    return Stand(tree(folder, {name.replace("_", "/", 1): body for name, body in files.items()}), image=True)


def test_no_bind_of_a_program_is_writable(tmp_path: Path) -> None:
    for stand in (stand_of(tmp_path), Stand(tmp_path, image=True)):
        line = words(stand)
        assert "--bind" not in line
        assert "--dev-bind" not in line


def test_the_program_loses_every_capability_and_dies_with_its_parent(tmp_path: Path) -> None:
    line = words(stand_of(tmp_path))
    assert after(line, "--cap-drop") == [["ALL"]]
    assert {"--die-with-parent", "--new-session", "--unshare-user", "--unshare-pid", "--clearenv"} <= set(line)
    assert "--unshare-net" in network_words()


def test_the_tree_is_laid_over_the_temporary_files_and_the_place_may_lie_in_them(tmp_path: Path) -> None:
    line = words(Stand(tmp_path, "/tmp/place"))
    assert line.index("/tmp/place") > line.index("/tmp")


def test_the_bound_on_temporary_files_can_be_left_away(tmp_path: Path) -> None:
    assert after(words(stand_of(tmp_path)), "--size")[0] == [str(2 << 30)]
    assert "--size" not in words(stand_of(tmp_path), limits=RunLimits(temporary=0))


def test_top_level_links_of_an_image_stay_links(tmp_path: Path) -> None:
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    line = words(Stand(tmp_path, image=True))
    assert after(line, "--symlink", 2) == [["usr/bin", "/bin"]]
    assert after(line, "--ro-bind", 2) == [[f"{tmp_path}/usr", "/usr"]]


def test_what_the_sandbox_provides_is_not_taken_from_the_image(tmp_path: Path) -> None:
    stand = Stand(tree(tmp_path, {"proc/x": "", "dev/x": "", "tmp/x": "", "run/x": "", "srv/x": ""}), image=True)
    assert after(words(stand), "--ro-bind", 2) == [[f"{tmp_path}/srv", "/srv"]]


def test_what_the_program_is_given_wins_over_what_is_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/of/the/host")
    given = Program((), environment={"LANG": "de_DE.UTF-8", "HOME": "/app"})
    found = environment_of(stand_of(tmp_path), given)
    assert (found["LANG"], found["HOME"], found["PATH"]) == ("de_DE.UTF-8", "/app", "/of/the/host")
    assert environment_of(Stand(tmp_path, image=True), given)["PATH"].startswith("/usr/local/sbin:")


@pytest.mark.parametrize(
    ("user", "ids"),
    [("0", (0, 0)), ("5:6", (5, 6)), ("app", (7, 8)), ("app:9", (7, 9)), ("7", (7, 8)), ("77", (77, 0))],
)
def test_users_are_looked_up_in_the_image(tmp_path: Path, user: str, ids: tuple[int, int]) -> None:
    assert user_ids(image_of(tmp_path, etc_passwd="root:x:0:0::/:/bin/sh\napp:x:7:8::/:/bin/sh\n"), user) == ids


def test_a_passwd_that_leads_out_of_the_image_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="'daemon' is not in etc/passwd"):
        user_ids(Stand(tmp_path, image=True), "daemon")


@pytest.mark.parametrize("line", ["app", "app:x", "app:x:seven:8", "apple:x:1:1", "ap.:x:1:1"])
def test_a_damaged_line_of_passwd_is_no_account(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError):
        user_ids(image_of(tmp_path, etc_passwd=line + "\n"), "app")
