from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import compiled
from deadweight.native import names_within as module
from deadweight.native.names_within import names_within


def _in(body: bytes) -> frozenset[str]:
    return names_within(io.BytesIO(body))


@pytest.mark.parametrize(
    "name",
    [
        "libnvrtc.so.12",
        "libfoo.so",
        "libnss_%s.so.2",
        "libgcc_s.so.1",
        "/usr/lib/engines-3/afalg.so",
        "$ORIGIN/libx.so",
    ],
)
def test_the_name_of_a_library_is_found(name: str) -> None:
    assert name in _in(b"\0junk\0" + name.encode() + b"\0more")


@pytest.mark.parametrize("path", ["/etc/nsswitch.conf", "/usr/share/zoneinfo", "/bin/sh", "/var/run/nscd/socket"])
def test_an_absolute_path_is_found(path: str) -> None:
    assert path in _in(b"\0\1" + path.encode() + b"\0")


def test_each_path_of_a_list_is_found() -> None:
    assert {"/etc/magic", "/usr/share/misc/magic"} <= _in(b"\0/etc/magic:/usr/share/misc/magic\0")


def test_a_path_in_a_message_is_found() -> None:
    assert "/etc/hosts" in _in(b"\0cannot read /etc/hosts.\0")


def test_what_a_compiler_put_into_a_library_is_found() -> None:
    source = 'const char *a(void) { return "libplugin.so.3"; }\nconst char *b(void) { return "/etc/plugin.conf"; }\n'
    assert {"libplugin.so.3", "/etc/plugin.conf"} <= _in(compiled(source))


def test_text_without_a_library_or_path_gives_nothing() -> None:
    assert _in(b"\0a / b\0.social\0 1.so\0/home/x\0".replace(b" 1.so", b"")) == frozenset()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(-40, 40))
def test_a_name_across_two_pieces_is_found(shift: int) -> None:
    before = module.PIECE + shift
    assert "libacross.so.1" in _in(bytes(before) + b"libacross.so.1\0/etc/x")


def test_a_call_that_tells_of_converting_text_is_found() -> None:
    source = "void *iconv_open(const char *, const char *);\nvoid *f(void) { return iconv_open(0, 0); }\n"
    assert "iconv_open" in _in(compiled(source))
    assert "iconv_open" not in _in(compiled())
