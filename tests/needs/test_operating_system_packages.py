from __future__ import annotations

from collections.abc import Mapping

from builders.loading import linked, system_scene
from builders.scenes import entry_of
from deadweight.core.closure import Step, close
from deadweight.core.entry import Entry
from deadweight.needs.operating_system_packages import NEED

_INFO = "var/lib/dpkg/info"


def _system(packages: Mapping[str, tuple[str, Mapping[str, bytes | Entry]]]) -> dict[str, bytes | Entry]:
    """A system of packages: the dependencies of each and its files."""
    files: dict[str, bytes | Entry] = {}
    status = []
    for name, (depends, owned) in packages.items():
        files |= owned
        files[f"{_INFO}/{name}.list"] = "".join(f"/{path}\n" for path in owned).encode()
        files[f"{_INFO}/{name}.postinst"] = b"#!/bin/sh\n"
        status.append(f"Package: {name}\nVersion: 1\nDepends: {depends}\n")
    return {**files, "var/lib/dpkg/status": "\n".join(status).encode()}


def _closed(files: Mapping[str, bytes | Entry], seed: str) -> set[str]:
    scene = system_scene(files)
    return set(close([Step(seed, "seed")], lambda path: NEED.follow(scene, path), scene.listing))


def test_a_file_reaches_its_package_and_the_dependencies_of_that() -> None:
    files = _system(
        {
            "app": ("one", {"usr/bin/app": b"x"}),
            "one": ("two", {"usr/lib/one.so": linked()}),
            "two": ("", {"usr/bin/two": b"x"}),
            "other": ("", {"usr/bin/other": b"x"}),
        }
    )
    reached = _closed(files, "usr/bin/app")
    assert {f"{_INFO}/{name}.list" for name in ("app", "one", "two")} <= reached
    assert reached.isdisjoint({f"{_INFO}/other.list", "usr/lib/one.so", "usr/bin/two"})


def test_scripts_of_the_package_manager_are_not_reached() -> None:
    """They name half of the system, and run only as packages come and go."""
    assert f"{_INFO}/app.postinst" not in _closed(_system({"app": ("", {"usr/bin/app": b"x"})}), "usr/bin/app")


def test_code_brings_the_data_and_plug_ins_of_its_package_but_no_documents() -> None:
    owned: dict[str, bytes | Entry] = {
        "usr/lib/x86_64-linux-gnu/liba.so.1": linked("liba.so.1"),
        "usr/lib/x86_64-linux-gnu/liba/plugin.so": linked(),
        "usr/lib/x86_64-linux-gnu/libbeside.so.1": linked("libbeside.so.1"),
        "etc/a.conf": b"x",
        "usr/share/a/table": b"x",
        "usr/share/doc/a/copyright": b"x",
        "usr/share/man/man1/a.1": b"x",
        "usr/share/a/run": entry_of("usr/share/a/run", b"#!/bin/sh\n").but(mode=0o755),
    }
    reached = _closed(_system({"a": ("", owned)}), "usr/lib/x86_64-linux-gnu/liba.so.1")
    assert reached & owned.keys() == {
        "usr/lib/x86_64-linux-gnu/liba.so.1",
        "usr/lib/x86_64-linux-gnu/liba/plugin.so",
        "etc/a.conf",
        "usr/share/a/table",
    }


def test_a_document_brings_no_data() -> None:
    owned: dict[str, bytes | Entry] = {"usr/share/doc/a/copyright": b"x", "etc/a.conf": b"x"}
    assert "etc/a.conf" not in _closed(_system({"a": ("", owned)}), "usr/share/doc/a/copyright")


def test_a_dependency_of_nothing_but_data_brings_it() -> None:
    files = _system(
        {
            "app": ("fonts-config, tool", {"usr/bin/app": b"x"}),
            "fonts-config": ("", {"etc/fonts.conf": b"x", "usr/share/doc/f/x": b"x"}),
            "tool": ("", {"usr/bin/tool": b"x", "etc/tool.conf": b"x"}),
        }
    )
    reached = _closed(files, "usr/bin/app")
    assert "etc/fonts.conf" in reached
    assert reached.isdisjoint({"etc/tool.conf", "usr/share/doc/f/x"})


def test_what_no_package_has_reaches_nothing() -> None:
    assert _closed({**_system({}), "srv/x": b"x"}, "srv/x") == {"srv/x"}


def test_programs_among_the_data_of_a_dependency_are_not_reached() -> None:
    script = entry_of("usr/lib/merge/convert", b"#!/usr/bin/perl\n").but(mode=0o755)
    files = _system(
        {"app": ("merge", {"usr/bin/app": b"x"}), "merge": ("", {script.path: script, "usr/share/m": b"x"})}
    )
    reached = _closed(files, "usr/bin/app")
    assert "usr/share/m" in reached
    assert script.path not in reached
