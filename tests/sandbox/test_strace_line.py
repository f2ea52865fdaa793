"""Lines are read as strace writes them: each here was written by a real one (6.1), the odd names by hypothesis."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadweight.core.trace import Use
from deadweight.sandbox.strace_calls import Named, named
from deadweight.sandbox.strace_line import Line, call_of, line_of, open_on, plain_text, text_of
from deadweight.sandbox.strace_words import strace_words

OPENED, EXECUTED, MAPPED, STATED, LISTED, LINK_READ = Use
CALLS = [
    (
        'openat(AT_FDCWD</usr>, "share/doc/../../lib/os-release", O_RDONLY|O_CLOEXEC) = 3</usr/lib/os-release>',
        [Named("share/doc/../../lib/os-release", "/usr", OPENED)],
    ),
    (
        'openat(5</proc/13002>, "uid_map", O_RDWR|O_CLOEXEC) = 6</proc/13002/uid_map>',
        [Named("uid_map", "/proc/13002", OPENED)],
    ),
    ('open("relative", O_RDONLY)       = 3</app/relative>', [Named("relative", "", OPENED)]),
    ('openat(AT_FDCWD</>, "/absent", O_RDONLY) = -1 ENOENT (No such file or directory)', []),
    ('openat(AT_FDCWD, "x", O_RDONLY) = 3', [Named("x", "", OPENED)]),
    ('openat(3, "x", O_RDONLY) = 4', [Named("x", None, OPENED)]),
    (
        'newfstatat(3</etc/ld.so.cache>, "", {st_mode=S_IFREG|0644, st_size=35679, ...}, AT_EMPTY_PATH) = 0',
        [],
    ),
    (
        'newfstatat(AT_FDCWD</>, "/newroot/", {st_mode=S_IFDIR|0755, st_size=40, ...}, 0) = 0',
        [Named("/newroot/", "", STATED)],
    ),
    (
        'statx(AT_FDCWD</usr>, "share/doc", AT_STATX_SYNC_AS_STAT|AT_NO_AUTOMOUNT, STATX_MODE, '
        "{stx_mask=STATX_TYPE|STATX_MNT_ID, stx_attributes=0, stx_mode=S_IFDIR|0755, ...}) = 0",
        [Named("share/doc", "/usr", STATED)],
    ),
    ('access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory)', []),
    ('access("/newroot/proc/sys", W_OK) = -1 EACCES (Permission denied)', [Named("/newroot/proc/sys", "", STATED)]),
    ('faccessat2(AT_FDCWD</>, "bin", F_OK, AT_EACCESS) = 0', [Named("bin", "/", STATED)]),
    ('readlink("/tmp", 0x7ffdf8d6d010, 1023) = -1 EINVAL (Invalid argument)', [Named("/tmp", "", STATED)]),
    ('readlink("/oldroot/proc/self/fd/5", "/newroot", 99) = 8', [Named("/oldroot/proc/self/fd/5", "", LINK_READ)]),
    ("getdents64(3</usr/lib>, 0x564302620170 /* 66 entries */, 32768) = 2040", [Named("/usr/lib", "", LISTED)]),
    ("getdents64(3, 0x564302620170 /* 66 entries */, 32768) = 2040", [Named("", None, LISTED)]),
    (
        "mmap(0x7f4, 16384, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED, 3</usr/lib/libc.so.6>, 0x28000) = 0x7f4",
        [Named("/usr/lib/libc.so.6", "", MAPPED)],
    ),
    ("mmap(NULL, 16384, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f4cad5d2000", []),
    ("mmap(NULL, 16384, PROT_READ, MAP_PRIVATE, 3</data>, 0) = 0x7f4cad5d2000", []),
    (
        'execve("/usr/bin/ls", ["ls", "share/doc/bash"], 0x7fff6d705e08 /* 38 vars */) = 0',
        [Named("/usr/bin/ls", "", EXECUTED)],
    ),
    (
        'execveat(3</bin/true>, "", ["true"], 0x7ffd /* 3 vars */, AT_EMPTY_PATH) = 0',
        [Named("/bin/true", "", EXECUTED)],
    ),
    ('mkdir("/usr/lib", 0777)          = -1 EEXIST (File exists)', [Named("/usr/lib", "", STATED)]),
    ('rename("old", "new") = 0', [Named("old", "", STATED)]),
    ('inotify_add_watch(3<anon_inode:inotify>, "watched", IN_MODIFY) = 1', [Named("watched", "", STATED)]),
    ("utimensat(3</x>, NULL, NULL, 0) = 0", []),
    ('openat(AT_FDCWD</a>, "b", O_RDONLY) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)', []),
    ('openat(AT_FDCWD</a>, "b", O_RDONLY) = ?', []),
    (
        'openat(AT_FDCWD</d\\74\\76) = -1 ENOENT (x>, "a) = -1 ENOENT (b", O_RDONLY) = 3</d/a) = -1 ENOENT (b>',
        [Named("a) = -1 ENOENT (b", "/d<>) = -1 ENOENT (x", OPENED)],
    ),
    ('openat2(3</app>, "x", {flags=O_RDONLY, resolve=RESOLVE_BENEATH}, 24) = 4</app/x>', [Named("x", "/app", OPENED)]),
]


@pytest.mark.parametrize(("body", "wanted"), CALLS)
def test_a_call_names_the_paths_that_its_success_used(body: str, wanted: list[Named]) -> None:
    call = call_of(body)
    assert call is not None
    assert list(named(call)) == wanted


@pytest.mark.parametrize(
    "body",
    [
        "openat(AT_FDCWD, ",
        'openat(AT_FDCWD</x) = 3>, "a',
        "",
        "hello",
        "--- SIGTERM {si_signo=SIGTERM} ---",
        "x() = nothing",
    ],
)
def test_what_is_no_whole_call_is_none(body: str) -> None:
    assert call_of(body) is None


def test_a_child_is_told_by_its_number_outside_of_its_own_namespace() -> None:
    translated = call_of("vfork() = 44 /* 13047 in strace's PID NS */")
    assert translated is not None
    assert translated.child == 13047
    plain = call_of("clone(child_stack=NULL, flags=CLONE_FS|SIGCHLD) = 13002")
    assert plain is not None
    assert plain.child == 13002


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("13001 1795366756.608842 getpid() = 1", Line(13001, 1795366756.608842, "getpid() = 1")),
        ("7     execve(", Line(7, 0.0, "execve(")),
        ("7 01:00:02.5 x", Line(7, 3602.5, "x")),
        ("[pid    44] 12.5 x", Line(44, 12.5, "x")),
        ("strace: Process 12 attached", None),
        ('{"schema": 1}', None),
    ],
)
def test_a_line_begins_with_a_process_and_perhaps_a_time(text: str, wanted: Line | None) -> None:
    assert line_of(text) == wanted


@pytest.mark.parametrize("word", ["NULL", "0x7ffe", '"cut', "5"])
def test_an_argument_that_is_not_quoted_is_no_text(word: str) -> None:
    assert text_of(word) is None


def test_escapes_are_the_bytes_that_they_stand_for() -> None:
    assert plain_text(r"\303\274\1\"\\\n\t\x41") == 'ü\x01"\\\n\tA'
    assert os.fsencode(plain_text(r"\377a7")) == b"\xffa7"
    assert open_on(r"3</tmp/\377\1\"\74\76a7>") == os.fsdecode(b'/tmp/\xff\1"<>a7')


NAME = st.binary(min_size=1, max_size=60).map(lambda name: name.replace(b"\0", b"0").replace(b"/", b"s"))
OPENING = (
    "import os, sys\nfor name in sys.stdin.buffer.read().split(b'\\0'): os.close(os.open(name, os.O_CREAT | os.O_RDWR))"
)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAME.filter(lambda name: name not in (b".", b"..")), min_size=20, max_size=60, unique=True))
def test_names_of_any_bytes_come_back_from_a_real_record(names: list[bytes], tmp_path: Path) -> None:
    record = tmp_path / "record"
    place = tmp_path / "place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    words = [*strace_words("strace"), "-o", str(record), "--", sys.executable, "-I", "-S", "-c", OPENING]
    subprocess.run(words, input=b"\0".join(names), cwd=place, check=True)
    found = []
    for text in record.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        line = line_of(text)
        call = call_of(line.body) if line else None
        if call is not None and call.name == "openat" and "O_CREAT" in call.arguments:
            found += [(os.fsencode(one.path), one.base) for one in named(call)]
    assert found == [(name, str(place)) for name in names]
