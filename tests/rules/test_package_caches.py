from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence
from deadweight.rules.package_caches import RULE


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("root/.cache/pip/http-v2/a/b/c.body", "root/.cache/pip"),
        (".cache/uv/wheels-v5/x", ".cache/uv"),
        ("root/.cache/pypoetry/artifacts/a/x.whl", "root/.cache/pypoetry/artifacts"),
        ("root/.npm/_cacache/content-v2/sha512/00/x", "root/.npm/_cacache"),
        ("usr/local/share/.cache/yarn/v6/x", "usr/local/share/.cache/yarn"),
        ("home/me/.local/share/pnpm/store/v3/files/00/x", "home/me/.local/share/pnpm/store"),
        ("var/lib/apt/lists/deb.example_dists_main_Packages", None),
        ("var/cache/apt/archives/gcc_12_amd64.deb", None),
        ("var/cache/apt/pkgcache.bin", None),
        ("var/cache/apk/APKINDEX.1.tar.gz", None),
        ("var/cache/dnf/fedora-1/packages/x.rpm", None),
    ],
)
def test_finds_the_cache_of_each_package_manager(path: str, found: str | None) -> None:
    (finding,) = found_by(RULE, {path: b"12345", "usr/bin/x": b""})
    assert finding.paths == (found or path,)
    assert finding.size == 5
    assert finding.safety is Safety.SAFE


def test_finds_the_packages_of_conda_beside_its_records() -> None:
    files = {"opt/conda/conda-meta/history": b"", "opt/conda/pkgs/numpy-1.0/info/index.json": b"{}"}
    assert paths_of(found_by(RULE, files)) == {"opt/conda/pkgs"}


def test_finds_hubs_of_models_as_a_suggestion() -> None:
    files = {"root/.cache/huggingface/hub/models--x/blobs/abc": b"weights", "root/.cache/torch/hub/x.pt": b"weights"}
    findings = found_by(RULE, files)
    assert paths_of(findings) == {"root/.cache/huggingface/hub", "root/.cache/torch/hub"}
    assert {finding.safety for finding in findings} == {Safety.SUGGESTED}
    assert {finding.confidence for finding in findings} == {Confidence.POSSIBLE}


def test_finds_a_cache_that_the_environment_names_as_a_cache() -> None:
    image = Image("amd64", "linux", {}, {}, environment=("UV_CACHE_DIR=/root/.cache/uv",))
    assert paths_of(found_by(RULE, artifact_of({"root/.cache/uv/x": b"1"}, image=image))) == {"root/.cache/uv"}


def test_finds_a_cache_where_the_environment_says_it_is() -> None:
    image = Image("amd64", "linux", {}, {}, environment=("UV_CACHE_DIR=/opt/uv", "PIP_CACHE_DIR=/app"))
    files = {"opt/uv/x": b"1", "app/main.py": b"2"}
    assert paths_of(found_by(RULE, artifact_of(files, image=image))) == {"opt/uv"}


def test_leaves_a_cache_that_the_environment_names_and_links_use() -> None:
    image = Image("amd64", "linux", {}, {}, environment=("UV_CACHE_DIR=/root/.cache/uv",))
    link = Entry("app/venv/lib/x.so", Kind.SYMLINK, target="/root/.cache/uv/archive-v0/abc/x.so")
    files: dict[str, bytes | Entry] = {"root/.cache/uv/archive-v0/abc/x.so": b"1", "app/venv/lib/x.so": link}
    assert found_by(RULE, artifact_of(files, image=image)) == ()


def test_leaves_the_lock_and_the_empty_directories_that_apt_expects() -> None:
    files: dict[str, bytes | Entry] = {
        "var/lib/apt/lists/lock": b"",
        "var/lib/apt/lists/partial": Entry("var/lib/apt/lists/partial", Kind.DIRECTORY),
        "var/cache/apt/archives/partial": Entry("var/cache/apt/archives/partial", Kind.DIRECTORY),
    }
    assert found_by(RULE, files) == ()


def test_leaves_a_cache_that_installed_files_are_links_into() -> None:
    link = Entry("app/venv/lib/x.so", Kind.SYMLINK, target="/root/.cache/uv/archive-v0/abc/x.so")
    assert found_by(RULE, {"root/.cache/uv/archive-v0/abc/x.so": b"1", "app/venv/lib/x.so": link}) == ()


def test_leaves_environments_that_poetry_keeps_beside_its_cache() -> None:
    assert found_by(RULE, {"root/.cache/pypoetry/virtualenvs/app/bin/python": b"1"}) == ()


def test_leaves_directories_of_the_same_last_name() -> None:
    files = {
        "app/pkgs/x": b"1",
        "site-packages/pip/_internal/cache.py": b"",
        "app/uv/x": b"1",
        "app/.yarn/cache/x": b"1",
    }
    assert found_by(RULE, files) == ()


def test_what_is_installed_by_hard_link_from_the_cache_is_not_counted() -> None:
    link = Entry("site-packages/x.so", Kind.HARDLINK, target="root/.cache/uv/a/x.so")
    (finding,) = found_by(
        RULE, {"root/.cache/uv/a/x.so": b"12345", "root/.cache/uv/b": b"1", "site-packages/x.so": link}
    )
    assert finding.size == 1
