"""A record as it streams by: halves of calls are joined, and each process knows where it stands."""

from __future__ import annotations

import pytest

from deadweight.core.trace import Use
from deadweight.sandbox.strace_log import Reading, Sighting


def read(*lines: str, shells: int = -1) -> tuple[list[Sighting], Reading]:
    reading = Reading(shells)
    return list(reading.read(f"{line}\n" for line in lines)), reading


def paths(*lines: str, shells: int = -1) -> list[str]:
    return [sighting.path for sighting in read(*lines, shells=shells)[0]]


START = '1 execve("/app/tool", ["tool"], 0x7 /* 1 var */) = 0'
HERE = '1 openat(AT_FDCWD</app>, "/etc/ld.so.cache", O_RDONLY) = 3</etc/ld.so.cache>'


def test_a_sighting_says_what_when_and_by_whom() -> None:
    found, reading = read(
        '1 10.5 execve("/bin/a", ["a"], 0x7 /* 1 var */) = 0', '1 11.0 stat("/x", {}) = 0', "1 +++ exited with 0 +++"
    )
    assert found == [
        Sighting("/bin/a", Use.EXECUTED, 10.5, "/bin/a"),
        Sighting("/x", Use.STATED, 11.0, "/bin/a"),
    ]
    assert (reading.ended, reading.living, reading.faults) == (1, 0, {})


def test_halves_of_a_call_are_joined_over_the_lines_of_others() -> None:
    found = paths(
        START,
        "1 clone(child_stack=NULL, flags=SIGCHLD) = 2",
        '1 stat("/one", <unfinished ...>',
        '2 stat("/two", <unfinished ...>',
        "1 <... stat resumed>{st_mode=S_IFREG|0644, ...}) = 0",
        "2 <... stat resumed>0x7ffe) = -1 ENOENT (No such file or directory)",
    )
    assert found == ["/app/tool", "/one"]


def test_a_child_between_fork_and_its_parents_return_stands_where_the_parent_does() -> None:
    found = paths(
        START,
        HERE,
        "1 vfork( <unfinished ...>",
        '2 access("early", R_OK) = 0',
        '2 execve("bin/child", ["child"], 0x7 /* 1 var */ <unfinished ...>',
        "1 <... vfork resumed>) = 7 /* 2 in strace's PID NS */",
        "2 <... execve resumed>) = 0",
        '2 access("late", R_OK) = 0',
    )
    assert found == ["/app/tool", "/etc/ld.so.cache", "/app/early", "/app/bin/child", "/app/late"]


def test_threads_share_a_directory_and_forks_do_not() -> None:
    found = paths(
        START,
        HERE,
        "1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, exit_signal=0} => {parent_tid=[2]}, 88) = 2",
        "1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 3",
        '2 chdir("sub") = 0',
        '1 stat("a", {}) = 0',
        '3 stat("b", {}) = 0',
        "2 unshare(CLONE_FS) = 0",
        '2 chdir("/other") = 0',
        '1 stat("c", {}) = 0',
        '2 stat("d", {}) = 0',
    )
    assert found[2:] == ["/app/sub", "/app/sub/a", "/app/b", "/other", "/app/sub/c", "/other/d"]


def test_a_thread_that_executes_becomes_its_leader() -> None:
    found, reading = read(
        START,
        "1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD} => {parent_tid=[2]}, 88) = 2",
        '1 openat(AT_FDCWD</app>, "half", O_RDONLY <unfinished ...>',
        '2 execve("/app/next", ["next"], 0x7 /* 1 var */ <pid changed to 1 ...>',
        "1 +++ superseded by execve in pid 2 +++",
        "1 <... execve resumed>) = 0",
        '1 stat("/after", {}) = 0',
        "1 +++ exited with 0 +++",
    )
    assert [(one.path, one.process) for one in found][1:] == [("/app/next", "/app/next"), ("/after", "/app/next")]
    assert reading.living == 0


def test_only_what_comes_after_the_shell_counts() -> None:
    lines = (
        '1 execve("/usr/bin/bwrap", ["bwrap"], 0x7 /* 1 var */) = 0',
        '1 stat("/noise", {}) = 0',
        "1 clone(child_stack=NULL, flags=CLONE_NEWPID|SIGCHLD) = 2",
        '2 chdir("/app") = 0',
        "2 clone(child_stack=NULL, flags=SIGCHLD) = 2 /* 3 in strace's PID NS */",
        '3 execve("/app/absent", ["tool"], 0x7 /* 1 var */) = -1 ENOENT (No such file or directory)',
        '3 execve("tool", ["tool"], 0x7 /* 1 var */) = 0',
        '2 stat("/more-noise", {}) = 0',
        '3 stat("data", {}) = 0',
    )
    assert paths(*lines, shells=1) == ["/app/tool", "/app/data"]


def test_a_process_that_was_never_seen_has_escaped() -> None:
    reading = read(START, "1 clone(child_stack=NULL, flags=SIGCHLD) = 2", "1 +++ exited with 0 +++")[1]
    assert reading.born == {2}
    assert reading.living == 1


@pytest.mark.parametrize(
    "ending", ["1 +++ exited with 3 +++", "1 +++ killed by SIGKILL +++", "1 +++ killed by SIGSEGV (core dumped) +++"]
)
def test_a_process_has_ended_however_it_did(ending: str) -> None:
    reading = read(START, ending)[1]
    assert (reading.ended, reading.living) == (1, 0)


def test_a_number_that_is_given_again_is_another_process() -> None:
    found = paths(
        START,
        HERE,
        "1 clone(child_stack=NULL, flags=SIGCHLD) = 2",
        '2 chdir("/away") = 0',
        "2 +++ exited with 0 +++",
        "1 clone(child_stack=NULL, flags=SIGCHLD) = 2",
        '2 stat("x", {}) = 0',
    )
    assert found[-1] == "/app/x"


def test_a_child_whose_parent_died_in_the_call_is_still_seen() -> None:
    found, reading = read(
        START,
        "1 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>",
        '2 stat("/x", {}) = 0',
        "1 +++ killed by SIGKILL +++",
        '2 stat("/y", {}) = 0',
        "2 +++ exited with 0 +++",
    )
    assert [one.path for one in found] == ["/app/tool", "/x", "/y"]
    assert reading.living == 0


def test_a_root_that_was_changed_is_where_absolute_paths_begin() -> None:
    assert paths(START, '1 chroot("/srv/tree/") = 0', '1 stat("/etc/passwd", {}) = 0')[-1] == "/srv/tree/etc/passwd"


LOSSES = [
    ('1 stat("relative", {}) = 0', "does not tell where 'relative' lies, as it does with -y"),
    ("1 getdents64(3, 0x5 /* 2 entries */, 32768) = 48", "does not tell where 'a descriptor' lies"),
    ("1 openat(AT_FDCWD</a>, 0x7ffe12, O_RDONLY) = 3</a/b>", "does not tell where '0x7ffe12' lies"),
    ('1 stat("/cut"..., {}) = 0', "does not tell where"),
    ("1 openat(AT_FDCWD, ", "a line that cannot be read"),
    ("io_uring_setup", "line 1 is none that strace writes"),
    ("1 io_uring_setup(8, {flags=0}) = 3<anon_inode:[io_uring]>", "a ring was set up"),
]


@pytest.mark.parametrize(("line", "fault"), LOSSES)
def test_what_is_not_seen_is_said(line: str, fault: str) -> None:
    reading = read(line)[1]
    assert [one for one in reading.faults if fault in one]


def test_a_ring_that_was_refused_is_no_loss() -> None:
    reading = read("1 io_uring_setup(8, {flags=0}) = -1 ENOSYS (Function not implemented) (INJECTED)")[1]
    assert not reading.faults


def test_a_last_line_that_is_cut_is_a_loss() -> None:
    reading = Reading()
    assert list(reading.read([f"{START}\n", '1 stat("/x", {}) ='])) != []
    assert reading.faults


def test_a_tracer_that_let_go_is_noticed() -> None:
    assert read(START, "1 futex(0x7f <detached ...>")[1].detached
