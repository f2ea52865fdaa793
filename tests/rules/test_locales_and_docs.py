from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.rules.locales_and_docs import RULE


@pytest.mark.parametrize(
    ("path", "safety"),
    [
        ("usr/share/man/man1/ls.1.gz", Safety.SAFE),
        ("usr/share/man/de/man1/ls.1.gz", Safety.SAFE),
        ("usr/share/info/dir", Safety.SAFE),
        ("usr/share/lintian/overrides/x", Safety.SAFE),
        ("usr/share/doc/curl/changelog.gz", Safety.PROVEN),
        ("usr/share/locale/de/LC_MESSAGES/curl.mo", Safety.PROVEN),
        ("usr/share/i18n/charmaps/UTF-8.gz", Safety.PROVEN),
        ("usr/local/share/man/man1/x.1", Safety.SAFE),
        ("opt/conda/share/man/man1/x.1", Safety.SAFE),
    ],
)
def test_finds_what_people_read_at_a_terminal(path: str, safety: Safety) -> None:
    (finding,) = found_by(RULE, {path: b"12345"})
    assert finding.paths == (path,)
    assert (finding.size, finding.safety) == (5, safety)


def test_finds_each_kind_by_itself() -> None:
    files = {
        "usr/share/man/man1/a.1": b"1",
        "usr/share/man/man1/b.1": b"2",
        "usr/share/locale/fr/LC_MESSAGES/a.mo": b"3",
    }
    assert sorted(len(finding.paths) for finding in found_by(RULE, files)) == [1, 2]


@pytest.mark.parametrize(
    "name", ["copyright", "LICENSE.txt", "LICENCE", "COPYING.LIB", "NOTICE", "AUTHORS", "copyright.gz"]
)
def test_leaves_what_licences_demand(name: str) -> None:
    assert found_by(RULE, {f"usr/share/doc/curl/{name}": b"text"}) == ()


def test_leaves_the_languages_that_the_image_speaks() -> None:
    files = {f"usr/share/locale/{name}/LC_MESSAGES/a.mo": b"1" for name in ("de", "de_AT", "pt_BR", "fr", "en_GB", "C")}
    image = Image("amd64", "linux", {}, {}, environment=("LANG=de_DE.UTF-8", "LANGUAGE=de:pt_BR"))
    assert paths_of(found_by(RULE, artifact_of(files, image=image))) == {"usr/share/locale/fr/LC_MESSAGES/a.mo"}


def test_leaves_the_list_of_aliases_and_compiled_locales() -> None:
    files = {
        "usr/share/locale/locale.alias": b"1",
        "usr/lib/locale/C.utf8/LC_CTYPE": b"1",
        "usr/share/zoneinfo/UTC": b"1",
    }
    assert found_by(RULE, files) == ()


def test_leaves_what_a_link_from_elsewhere_points_at() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/share/doc/tool/examples/a.conf": b"1",
        "usr/share/doc/tool/b.txt": b"2",
        "usr/share/doc/tool/README": b"3",
        "usr/lib/tool/conf": Entry("usr/lib/tool/conf", Kind.SYMLINK, target="../../share/doc/tool/examples"),
        "usr/lib/tool/b": Entry("usr/lib/tool/b", Kind.SYMLINK, target="/usr/share/doc/tool/b.txt"),
    }
    assert paths_of(found_by(RULE, files)) == {"usr/share/doc/tool/README"}


def test_leaves_the_links_between_documentation_directories() -> None:
    link = Entry("usr/share/doc/libcurl4", Kind.SYMLINK, target="curl")
    files: dict[str, bytes | Entry] = {"usr/share/doc/curl/copyright": b"1", "usr/share/doc/libcurl4": link}
    assert found_by(RULE, files) == ()


def test_leaves_directories_of_the_same_name_elsewhere() -> None:
    assert found_by(RULE, {"app/doc/a.md": b"1", "app/locale/de/LC_MESSAGES/app.mo": b"1", "srv/man/x": b"1"}) == ()
