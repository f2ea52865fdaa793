from __future__ import annotations

from dataclasses import replace

from builders.scenes import artifact_of, scene_from, scene_of
from deadweight.core.artifact import Image
from deadweight.core.entry import Entry, Kind
from deadweight.facts.pointed_at import POINTED_AT, Pointer, pointer_into


def _link(path: str, target: str) -> Entry:
    return Entry(path, Kind.SYMLINK, target=target)


def test_a_relative_and_an_absolute_link_point_into_the_artifacts_own_root() -> None:
    scene = scene_of({"a/b/x": _link("a/b/x", "../c"), "y": _link("y", "/usr/bin/z")})
    assert scene.ask(POINTED_AT) == (Pointer("a/c", "a/b/x"), Pointer("usr/bin/z", "y"))


def test_a_link_that_climbs_out_points_at_nothing() -> None:
    assert scene_of({"x": _link("x", "../../y")}).ask(POINTED_AT) == ()


def test_an_absolute_link_into_a_directory_that_is_weighed_in_place_points_into_it() -> None:
    artifact = replace(artifact_of({"venv/six.py": _link("venv/six.py", "/srv/app/cache/six.py")}), location="/srv/app")
    assert Pointer("cache/six.py", "venv/six.py") in scene_from(artifact).ask(POINTED_AT)


def test_the_configuration_points_at_the_paths_that_it_names() -> None:
    image = Image(
        "amd64",
        "linux",
        {},
        {},
        environment=("PATH=/opt/venv/bin:/usr/bin", "LANG=C.UTF-8"),
        entrypoint=("/app/run.sh",),
        command=("sh", "-c", "exec /app/.venv/bin/serve --port 80"),
        working_directory="/srv",
    )
    pointers = scene_from(artifact_of({"x": b""}, image=image)).ask(POINTED_AT)
    assert [pointer.target for pointer in pointers] == [
        "app/.venv/bin/serve",
        "app/run.sh",
        "opt/venv/bin",
        "srv",
        "usr/bin",
    ]
    assert all(pointer.configured for pointer in pointers)


def test_a_pointer_into_a_directory_is_found_from_outside_only() -> None:
    links = {"out": _link("out", "/cache/uv/x"), "cache/uv/inner": _link("cache/uv/inner", "x")}
    scene = scene_of(dict(links))
    assert pointer_into(scene, "cache/uv") == Pointer("cache/uv/x", "out")
    assert pointer_into(scene, "cache") == Pointer("cache/uv/x", "out")
    assert pointer_into(scene_of({"cache/uv/inner": links["cache/uv/inner"]}), "cache/uv") is None


def test_a_directory_whose_name_only_begins_alike_is_not_pointed_into() -> None:
    scene = scene_of({"a": _link("a", "/venv-old/bin"), "b": _link("b", "/venv2")})
    assert pointer_into(scene, "venv") is None
    mixed = scene_of({"a": _link("a", "/venv-old/bin"), "b": _link("b", "/venv/bin")})
    assert pointer_into(mixed, "venv") == Pointer("venv/bin", "b")
