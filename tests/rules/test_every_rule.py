"""What every rule keeps, found and not listed: a new rule is held to it without being asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.findings import found_by
from builders.scenes import artifact_of, distribution_files, entry_of, scene_of
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.plugins import Plugin, found
from deadweight.core.seams import Rule

RULES = found("deadweight.rules", "RULE", Rule)
HEADINGS = ["Why it weighs", "Evidence", "Edit", "Source"]
EVERY = pytest.mark.parametrize("rule", RULES, ids=[plugin.value.name for plugin in RULES])
WEAKNESS = list(Safety)
SITE = "usr/lib/python3/site-packages"


def _waste() -> dict[str, bytes | Entry]:
    """A system with something for most rules."""
    script = b"#!/bin/sh\n" * 500
    files: dict[str, bytes | Entry] = {
        "etc/os-release": b"ID=debian\n",
        "tmp/x": b"1",
        "root/.cache/pip/http-v2/x": b"1",
        "usr/share/man/man1/x.1": b"1",
        "app/.git/HEAD": b"ref",
        "app/.git/objects/x": b"1",
        "app/.pytest_cache/v": b"1",
        "app/.DS_Store": b"\0\0\0\1Bud1",
        "app/a.sh": script,
        "app/b.sh": script,
        "app/main.py": b"import one\n",
        "app/__pycache__/main.cpython-311.pyc": b"1",
        "app/main.py.bak": b"1",
        "app/app.log": b"line\n",
        "app/app.log.1": b"line\n",
        "app/.venv/pyvenv.cfg": b"home = /x\n",
        "app/id_rsa": b"-----BEGIN RSA PRIVATE KEY-----\n",
        "app/x.js": b"1",
        "app/x.js.map": b"{}",
        "wheels/one-1.0-py3-none-any.whl": b"1",
    }
    inside = {"one/__init__.py": b"", "one/tests/test_one.py": b"x", "one/one.pyi": b"", "one/docs/a.rst": b"x"}
    return {**files, **distribution_files(SITE, "one", files=inside), **distribution_files(SITE, "pytest")}


def _sections(doc: str) -> dict[str, str]:
    """Each underlined heading, with the text that follows it."""
    parts = re.split(r"^(\S.*)\n-+\n", doc, flags=re.MULTILINE)[1:]
    return {heading: text.strip() for heading, text in zip(parts[::2], parts[1::2], strict=True)}


@EVERY
def test_it_is_documented_under_four_headings(rule: Plugin[Rule]) -> None:
    first = rule.doc.splitlines()[0]
    assert first.endswith(".")
    assert ". " not in first
    sections = _sections(rule.doc)
    assert list(sections) == HEADINGS
    assert all(sections.values())


@EVERY
def test_its_name_is_that_of_its_module_and_its_summary_is_no_sentence(rule: Plugin[Rule]) -> None:
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", rule.value.name)
    assert rule.module.rpartition(".")[2] == rule.value.name.replace("-", "_")
    assert rule.value.summary
    assert not rule.value.summary.endswith(".")


@EVERY
def test_it_finds_nothing_where_there_is_nothing_and_reads_nothing(rule: Plugin[Rule]) -> None:
    assert found_by(rule.value, {}, reads=0) == ()
    assert found_by(rule.value, {"app/readme": b"hello"}, reads=0) == ()


@EVERY
def test_what_it_finds_is_there_is_counted_and_is_no_weaker_than_it_says(rule: Plugin[Rule]) -> None:
    scene = scene_of(_waste())
    whole = scene.artifact.inventory.unpacked_bytes
    for finding in rule.value.find(scene):
        assert finding.says
        assert all(path in scene.listing for path in finding.paths)
        assert 0 <= finding.size <= whole
        assert WEAKNESS.index(finding.safety) <= WEAKNESS.index(rule.value.safety) or not finding.edits
        assert all(evidence.says and evidence.where for evidence in finding.evidence)


@EVERY
def test_it_finds_the_same_again(rule: Plugin[Rule]) -> None:
    first, second = (tuple(rule.value.find(scene_of(_waste()))) for _ in range(2))
    assert first == second
    fingerprints = [finding.fingerprint for finding in first]
    assert len(set(fingerprints)) == len(fingerprints)


@EVERY
def test_it_edits_a_hidden_entry_only_in_the_layer_that_stores_it(rule: Plugin[Rule]) -> None:
    body = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"x" * 2**16
    hidden = (Shadow(entry_of("root/.ssh/id_rsa", body[:60]), Cause.REMOVED_FILE, 1), body[:60])
    dead = (Shadow(entry_of("app/model.bin", body), Cause.REMOVED_FILE, 1), body)
    link = Entry("app/kept", Kind.SYMLINK, target="model.bin")
    for finding in found_by(rule.value, artifact_of({"app/kept": link}, [hidden, dead]), reads=60):
        assert {edit.layer for edit in finding.edits} <= {0}


TOKENS = ["~", " (1)", "a", "tmp", "old", ".env", ".git", "HEAD", ".log", ".1", "__pycache__", ".pyc", ".py", "\udcff"]
TOKENS += ["x.js", ".map", ".zip", ".bak", "backup", "copy", "usr", "share", "doc", "._", ".part", "pyvenv.cfg", "\n"]
NAMES = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3).map("".join)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
BODIES = st.sampled_from([b"", b"text", b"PK\3\4", b"\0\5\x16\7", b"-----BEGIN PRIVATE KEY-----", bytes(5000), b"{}"])


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.dictionaries(PATHS, BODIES, max_size=12))
def test_no_rule_falls_over_odd_names_and_each_edit_touches_what_is_there(files: dict[str, bytes]) -> None:
    leaves = {path: body for path, body in files.items() if not any(other.startswith(path + "/") for other in files)}
    scene = scene_of({"etc/os-release": b"ID=x\n", **leaves})
    for plugin in RULES:
        for finding in plugin.value.find(scene):
            assert all(path in scene.listing for path in finding.paths)
            assert finding.size <= sum(len(body) for body in leaves.values()) + 5
            assert re.fullmatch("[0-9a-f]{16}", finding.fingerprint)
