from __future__ import annotations

from builders.elves import PROGRAM, compiled
from builders.loading import link, linked, system_scene
from deadweight.core.closure import close
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.native.dynamic import dynamic_of
from deadweight.needs.native_libraries import NEED


def _closed(scene: Scene, *seeds: str) -> dict[str, str]:
    from deadweight.core.closure import Step

    steps = close((Step(path, "seed") for path in seeds), lambda path: NEED.follow(scene, path), scene.listing)
    return {path: step.says for path, step in steps.items() if path not in seeds}


def test_a_library_is_reached_through_the_link_that_its_name_is() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/lib/liba.so.1": link("usr/lib/liba.so.1", "liba.so.1.2"),
        "usr/lib/liba.so.1.2": linked("liba.so.1"),
        "usr/bin/app": linked("", ("liba.so.1",)),
    }
    assert _closed(system_scene(files), "usr/bin/app") == {
        "usr/lib/liba.so.1": "is its DT_NEEDED liba.so.1",
        "usr/lib/liba.so.1.2": "is where the link leads",
    }


def test_a_program_needs_its_interpreter() -> None:
    import io

    program = compiled(PROGRAM, ())
    interpreter = dynamic_of(io.BytesIO(program)).interpreter.lstrip("/")
    found = _closed(system_scene({"usr/bin/app": program, interpreter: linked()}), "usr/bin/app")
    assert found == {interpreter: "is the program interpreter (PT_INTERP)"}


def test_each_library_is_reached_because_of_the_file_that_needs_it() -> None:
    files = {
        "usr/bin/app": linked("", ("liba.so.1",)),
        "usr/lib/liba.so.1": linked("liba.so.1", ("libb.so.1",)),
        "usr/lib/libb.so.1": linked("libb.so.1"),
    }
    steps = {step.path: step.because for step in NEED.follow(system_scene(files), "usr/bin/app")}
    assert steps == {"usr/lib/liba.so.1": "usr/bin/app", "usr/lib/libb.so.1": "usr/lib/liba.so.1"}


def test_a_library_that_nothing_leads_to_is_said_to_be_another_files() -> None:
    files = {"a/m.so": linked("", ("libx-1.so",)), "b.libs/libx-1.so": linked("libx-1.so")}
    found = _closed(system_scene(files), "a/m.so")
    assert list(found) == ["b.libs/libx-1.so"]
    assert "no search leads to" in found["b.libs/libx-1.so"]


def test_what_the_environment_preloads_is_needed_from_the_start() -> None:
    files = {"usr/lib/libjemalloc.so.2": linked("libjemalloc.so.2"), "opt/x.so": linked()}
    scene = system_scene(files, {"LD_PRELOAD": "libjemalloc.so.2 /opt/x.so"})
    assert sorted(step.path for step in NEED.seeds(scene)) == ["opt/x.so", "usr/lib/libjemalloc.so.2"]


def test_what_the_system_preloads_is_needed_from_the_start() -> None:
    scene = system_scene({"opt/x.so": linked(), "etc/ld.so.preload": b"/opt/x.so\n"})
    assert [step.path for step in NEED.seeds(scene)] == ["opt/x.so"]


def test_a_file_that_is_no_elf_file_needs_nothing() -> None:
    assert list(NEED.follow(system_scene({"a.txt": b"text"}), "a.txt")) == []


def test_the_host_has_what_an_environment_lacks() -> None:
    from builders.scenes import scene_of

    scene = scene_of({"lib/m.so": linked("", ("libc.so.6",))})
    scene.learn(ENTRANCES, (Entrance(("python",), "--run", root="/home/me/venv"),))
    assert list(NEED.follow(scene, "lib/m.so")) == []
