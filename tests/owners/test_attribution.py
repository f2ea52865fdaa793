"""Every byte has exactly one owner, whatever lies in the artifact; every cataloger passes this without being asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import artifact_of, distribution_files, scene_from
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.owner import NOBODY, Claim
from deadweight.core.seams import Cataloger
from deadweight.owners.attribution import catalogers, metadata_globs

CATALOGERS = catalogers()
METADATA = (
    "var/lib/dpkg/status",
    "var/lib/dpkg/diversions",
    "var/lib/dpkg/info/a.list",
    "var/lib/dpkg/status.d/a",
    "lib/apk/db/installed",
    "var/lib/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/Packages.db",
    "opt/conda/conda-meta/a-1-0.json",
    "app/node_modules/a/package.json",
    "app/pyproject.toml",
    "app/.venv/pyvenv.cfg",
    "usr/include/python3.12/patchlevel.h",
    "lib/site-packages/a-1.dist-info/METADATA",
    "lib/site-packages/a-1.dist-info/RECORD",
    "lib/site-packages/a-1.dist-info/direct_url.json",
    "lib/site-packages/b-1.egg-info/installed-files.txt",
    "lib/site-packages/b-1.egg-info/top_level.txt",
    "lib/site-packages/b-1.egg-info/SOURCES.txt",
    "lib/site-packages/c-1.egg-info",
    "lib/site-packages/d-1.egg/EGG-INFO/PKG-INFO",
)
PLACES = (
    *METADATA,
    "app/main.py",
    "app/.git/HEAD",
    "app/__pycache__/main.cpython-312.pyc",
    "app/node_modules/a/node_modules/b/package.json",
    "bin/sh",
    "usr/bin/sh",
    "lib/python3.12/os.py",
    "lib/site-packages/a/__init__.py",
    "lib/site-packages/__pycache__/a.cpython-312.pyc",
    "root/.cache/pip/x",
    "a.py",
    "ä/\udcff",
)
LINES = st.sampled_from(
    [
        b"",
        b"/usr/bin/sh",
        b"Package: a",
        b"Name: a",
        b"P:a",
        b"F:usr/bin",
        b"R:sh",
        b"a/__init__.py,,",
        b"../../../usr/bin/sh,,",
        b"/../../x",
        b'{"name": "a", "files": ["../x", "bin/sh"]}',
        b"\xff\xfe",
        b"..",
        b"/",
        b'"',
        b"[project]",
        b"SQLite format 3\0",
        b"RpmP",
    ]
)
BODIES = st.one_of(st.lists(LINES, max_size=6).map(b"\n".join), st.binary(max_size=40))


@given(st.dictionaries(st.sampled_from(PLACES), BODIES, max_size=14))
@settings(max_examples=120, derandomize=True, database=None, deadline=None)
def test_the_sums_over_owners_add_up_to_the_whole(files: dict[str, bytes]) -> None:
    scene = scene_from(artifact_of(files))
    stored: Counter[str] = Counter()
    for entry in scene.artifact.inventory.visible:
        stored[str(scene.ownership.of(entry.path))] += entry.stored
    assert sum(stored.values()) == scene.artifact.inventory.visible_bytes
    for contest in scene.ownership.contests:
        assert contest.owners[0] == scene.ownership.of(contest.path)
        assert len(set(contest.owners)) == len(contest.owners) > 1


@pytest.mark.parametrize("cataloger", CATALOGERS, ids=lambda one: one.name)
@given(files=st.dictionaries(st.sampled_from(PLACES), BODIES, max_size=14))
@settings(max_examples=25, derandomize=True, database=None, deadline=None)
def test_only_visible_paths_are_claimed_and_every_claim_says_where_it_was_read(
    cataloger: Cataloger, files: dict[str, bytes]
) -> None:
    artifact = artifact_of(files)
    listing = Listing(artifact.inventory.visible, artifact.small)
    for claim in cataloger.claims(listing):
        if isinstance(claim, Gap):
            assert claim.where in listing
            assert claim.reason
            continue
        assert all(path in listing for path in claim.paths)
        assert claim.source
        assert claim.owner.name
        assert claim.owner != NOBODY


@pytest.mark.parametrize("cataloger", CATALOGERS, ids=lambda one: one.name)
def test_an_empty_artifact_has_no_owners(cataloger: Cataloger) -> None:
    assert all(isinstance(claim, Claim) and not claim.paths for claim in cataloger.claims(Listing((), {})))


def test_every_metadata_file_is_kept_for_its_cataloger() -> None:
    assert artifact_of(dict.fromkeys(METADATA, b"")).small.keys() == set(METADATA)


def test_no_model_and_no_program_is_kept_as_metadata() -> None:
    others = ["app/model.json", "app/data.pth", "usr/bin/sh", "lib/site-packages/a/package.json", "srv/list.list"]
    assert not artifact_of(dict.fromkeys(others, b"")).small


def test_each_glob_is_asked_for_once() -> None:
    globs = metadata_globs(CATALOGERS)
    assert len(set(globs)) == len(globs)


def test_an_owner_has_one_source_that_is_told() -> None:
    scene = scene_from(artifact_of(distribution_files("lib/site-packages", "one")))
    assert scene.ownership.sources.keys() >= set(scene.ownership.owners.values())
