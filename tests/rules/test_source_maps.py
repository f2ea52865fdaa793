from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of, distribution_files, scene_from
from builders.sites import image_running
from deadweight.core.edit import Safety
from deadweight.rules.source_maps import RULE

MAP = b'{"version":3,"sources":[],"mappings":"AAAA"}'
SITE = "usr/lib/python3/site-packages"


@pytest.mark.parametrize(
    ("path", "mapped"),
    [("a.js.map", "a.js"), ("a.min.css.map", "a.min.css"), ("a.mjs.map", "a.mjs"), ("a.min.map", "a.min.js")],
)
def test_finds_a_map_beside_what_it_maps(path: str, mapped: str) -> None:
    (finding,) = found_by(RULE, {f"static/{path}": MAP, f"static/{mapped}": b"x"})
    assert finding.paths == (f"static/{path}",)
    assert finding.size == len(MAP)
    assert finding.safety is Safety.SAFE


def test_finds_the_maps_that_an_installed_package_ships() -> None:
    wheel = distribution_files(SITE, "panel", files={"panel/dist/a.js": b"x", "panel/dist/a.js.map": MAP})
    (finding,) = found_by(RULE, wheel)
    assert finding.owner == "panel 1.0"


def test_finds_only_with_a_proof_where_django_checks_that_maps_are_there() -> None:
    files = {"static/a.js": b"x", "static/a.js.map": MAP, **distribution_files(SITE, "Django")}
    (finding,) = found_by(RULE, files)
    assert finding.safety is Safety.PROVEN
    assert "Django" in finding.evidence[1].says


@pytest.mark.parametrize(
    "files",
    [
        {"static/a.js.map": MAP},
        {"usr/share/gdal/a.map": b"tile data", "usr/share/gdal/a": b""},
        {"game/level.map": MAP},
        {"static/a.js": b"x", "static/a.js.map": b"\x7fELF binary"},
        {"lib/ld.map": b"{ global: *; };", "lib/ld.so": b""},
    ],
)
def test_leaves_maps_of_anything_else(files: dict[str, bytes]) -> None:
    assert found_by(RULE, dict(files)) == ()


def test_leaves_the_scripts() -> None:
    assert paths_of(found_by(RULE, {"a.js": b"//# sourceMappingURL=a.js.map", "a.js.map": MAP})) == {"a.js.map"}


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        (("node", "--enable-source-maps", "dist/main.js"), ()),
        (("node", "dist/main.js"), ("NODE_OPTIONS=--enable-source-maps --max-old-space-size=512",)),
        (("sh", "-c", "exec node --enable-source-maps dist/main.js"), ()),
    ],
)
def test_finds_only_with_a_proof_where_node_is_told_to_read_maps(
    command: tuple[str, ...], environment: tuple[str, ...]
) -> None:
    files = {"app/dist/main.js": b"x", "app/dist/main.js.map": MAP}
    image = image_running(*command, environment=environment)
    (finding,) = RULE.find(scene_from(artifact_of(files, image=image)))
    assert finding.safety is Safety.PROVEN


def test_finds_as_safe_where_node_runs_without_that_option() -> None:
    files = {"app/dist/main.js": b"x", "app/dist/main.js.map": MAP}
    (finding,) = RULE.find(scene_from(artifact_of(files, image=image_running("node", "dist/main.js"))))
    assert finding.safety is Safety.SAFE
