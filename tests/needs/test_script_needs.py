from __future__ import annotations

import pytest

from builders.loading import link, system_scene
from builders.scenes import distribution_files, entry_of
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.needs.scripts import NEED

_ELF = b"\x7fELF" + bytes(60)


def _program(path: str, body: bytes = _ELF) -> Entry:
    return entry_of(path, body).but(mode=0o755)


def _reached(scene: Scene, path: str) -> set[str]:
    return {step.path for step in NEED.follow(scene, path)}


def _system(script: bytes, **files: bytes) -> Scene:
    programs = {f"usr/bin/{name}": _ELF for name in ("env", "python3", "gunicorn", "readlink", "nice", "dirname")}
    more = {path.replace("__", "/"): body for path, body in files.items()}
    return system_scene({"bin/sh": _ELF, "srv/start.sh": script, **programs, **more})


def test_the_interpreter_of_the_first_line_is_reached() -> None:
    assert _reached(_system(b"#!/usr/bin/python3 -u\nprint(1)\n"), "srv/start.sh") == {"usr/bin/python3"}


@pytest.mark.parametrize("line", ["/usr/bin/env python3", "/usr/bin/env -S python3 -u", "/usr/bin/env -S X=1 python3"])
def test_env_looks_the_interpreter_up(line: str) -> None:
    reached = _reached(_system(f"#!{line}\nprint(1)\n".encode()), "srv/start.sh")
    assert reached == {"usr/bin/env", "usr/bin/python3"}


def test_a_command_that_is_run_in_the_end_is_reached() -> None:
    reached = _reached(_system(b'#!/bin/sh\nset -e\nexec gunicorn -w 4 "$@"\n'), "srv/start.sh")
    assert reached == {"bin/sh", "usr/bin/gunicorn"}


def test_commands_in_substitutions_and_conditions_are_reached() -> None:
    script = (
        b'#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nif [ -x /usr/bin/nice ]; then run="nice gunicorn"; fi\n'
    )
    reached = _reached(_system(script), "srv/start.sh")
    assert reached >= {"usr/bin/dirname", "usr/bin/readlink", "usr/bin/nice", "usr/bin/gunicorn"}


def test_a_helper_that_is_read_in_is_reached_beside_the_script_and_from_where_it_is_run() -> None:
    scene = _system(b"#!/bin/sh\n. ./lib.sh\nsource lib/more.sh\n", srv__lib_sh=b"")
    scene = system_scene(
        {
            "bin/sh": _ELF,
            "srv/start.sh": b"#!/bin/sh\n. ./lib.sh\nsource conf/more.sh\n",
            "srv/lib.sh": b"x",
            "conf/more.sh": b"x",
        }
    )
    assert _reached(scene, "srv/start.sh") >= {"srv/lib.sh", "conf/more.sh"}


def test_words_of_comments_reach_nothing() -> None:
    assert _reached(_system(b"#!/bin/sh\n# gunicorn was here\ntrue # nice\n"), "srv/start.sh") == {"bin/sh"}


def test_a_sign_inside_a_word_begins_no_comment() -> None:
    assert "usr/bin/nice" in _reached(_system(b"#!/bin/sh\necho ${x#/} nice\n"), "srv/start.sh")


def test_a_shell_script_without_a_first_line_is_read_for_its_name() -> None:
    assert _reached(_system(b"exec nice\n"), "srv/start.sh") == {"usr/bin/nice"}


def test_a_module_of_a_distribution_is_not_run_for_its_first_line() -> None:
    """A second Python would stay for modules that are executable by accident."""
    module = entry_of("s/pkg/m.py", b"#!/usr/bin/python3\n").but(mode=0o755)
    files = distribution_files("s", "pkg", files={"pkg/m.py": b"#!/usr/bin/python3\n"})
    scene = system_scene({**files, "usr/bin/python3": _ELF})
    scene.artifact.contents.bodies[0, "s/pkg/m.py"] = b"#!/usr/bin/python3\n"  # type: ignore[attr-defined]
    assert module.mode == 0o755
    assert _reached(scene, "s/pkg/m.py") == set()


def test_a_line_handed_to_a_shell_is_read_for_its_words() -> None:
    files: dict[str, bytes | Entry] = {"bin/sh": _ELF, "usr/bin/nice": _ELF, "srv/run.sh": b"x"}
    scene = system_scene(files, words=("/bin/sh", "-ec", "nice python3 app.py && /srv/run.sh"))
    assert {step.path for step in NEED.seeds(scene)} == {"usr/bin/nice", "srv/run.sh"}


def test_the_first_directory_of_the_search_path_that_has_a_command_gives_it() -> None:
    files: dict[str, bytes | Entry] = {"opt/bin/nice": _ELF, "usr/bin/nice": _ELF, "srv/a.sh": b"nice\n"}
    scene = system_scene(files, {"PATH": "/opt/bin:/usr/bin"})
    assert _reached(scene, "srv/a.sh") == {"opt/bin/nice"}


def test_a_command_behind_links_is_reached_by_its_link() -> None:
    files: dict[str, bytes | Entry] = {
        "bin": link("bin", "usr/bin"),
        "usr/bin/awk": link("usr/bin/awk", "/etc/alternatives/awk"),
        "etc/alternatives/awk": link("etc/alternatives/awk", "/usr/bin/mawk"),
        "usr/bin/mawk": _ELF,
        "srv/a.sh": b"awk '{print $1}'\n",
    }
    assert _reached(system_scene(files), "srv/a.sh") == {"usr/bin/awk"}


def test_the_programs_of_an_environment_are_found() -> None:
    files = {"opt/venv/pyvenv.cfg": b"home = /usr/bin\n", "opt/venv/bin/gunicorn": _ELF, "srv/a.sh": b"gunicorn\n"}
    assert _reached(system_scene(files), "srv/a.sh") == {"opt/venv/bin/gunicorn"}


def test_a_slash_alone_reaches_nothing() -> None:
    assert _reached(_system(b"cd / && ls /.\n"), "srv/start.sh") == set()


def test_scripts_of_package_managers_are_not_read() -> None:
    script = b"#!/bin/sh\nnice\n"
    scene = system_scene({"bin/sh": _ELF, "usr/bin/nice": _ELF, "var/lib/dpkg/info/a.postinst": script})
    assert _reached(scene, "var/lib/dpkg/info/a.postinst") == set()


@pytest.mark.parametrize(
    ("line", "modules"),
    [
        ("exec python3 -m jobs.worker --fast", {"srv/jobs/__init__.py", "srv/jobs/worker.py"}),
        ("exec python3 -m jobs", {"srv/jobs/__init__.py", "srv/jobs/__main__.py"}),
        ("gunicorn --bind :80 api:app", {"srv/api.py"}),
        ('uvicorn "api:create"', {"srv/api.py"}),
        ("export DJANGO_SETTINGS_MODULE=jobs.worker", {"srv/jobs/__init__.py", "srv/jobs/worker.py"}),
        ("echo api", set()),
    ],
)
def test_modules_that_a_shell_script_hands_to_python_are_reached(line: str, modules: set[str]) -> None:
    names = ("srv/api.py", "srv/jobs/__init__.py", "srv/jobs/worker.py", "srv/jobs/__main__.py")
    scene = system_scene({**dict.fromkeys(names, b""), "srv/start.sh": f"#!/bin/sh\n{line}\n".encode()})
    assert _reached(scene, "srv/start.sh") & set(names) == modules


def test_what_tells_a_compiler_how_to_build_runs_no_program() -> None:
    scene = _system(b"", **{"usr__bin__Magick-config": b"#!/bin/sh\nexec gunicorn\n"})
    assert _reached(scene, "usr/bin/Magick-config") == {"bin/sh"}


def test_what_an_installed_script_tells_reaches_nothing_and_what_the_applications_tells_may() -> None:
    script = b'#!/bin/sh\necho "This is nice"\nfor nice do readlink; done\n'
    installed = distribution_files("s", "pkg", files={"pkg/run.sh": script})
    scene = _system(script, **{path.replace("/", "__"): body for path, body in installed.items()})
    assert _reached(scene, "s/pkg/run.sh") == {"usr/bin/readlink"}
    assert _reached(scene, "srv/start.sh") == {"bin/sh", "usr/bin/nice", "usr/bin/readlink"}


@pytest.mark.parametrize(
    ("name", "mode", "reached"),
    [("run.sh", 0o644, set()), ("run.sh", 0o755, {"bin/sh"}), ("completion.sh", 0o755, set())],
)
def test_what_pip_installed_and_nobody_executes_needs_no_interpreter(name: str, mode: int, reached: set[str]) -> None:
    path, script = f"s/tqdm/{name}", b"#!/bin/sh\n"
    installed = distribution_files("s", "tqdm", files={f"tqdm/{name}": script})
    scene = system_scene({"bin/sh": _ELF, **installed, path: entry_of(path, script).but(mode=mode)})
    scene.artifact.contents.bodies[0, path] = script  # type: ignore[attr-defined]
    assert _reached(scene, path) == reached


@pytest.mark.parametrize(
    ("line", "shell", "reached"),
    [
        ('if [ -x "$1" ] && test -r "$1"; then printf "%s"; fi', "dash", set()),
        ("echo x | xargs test -r", "dash", {"usr/bin/test"}),
        ("/usr/bin/test -r x", "bash", {"usr/bin/test"}),
        ("test -r x; readlink x", "busybox", {"usr/bin/readlink"}),
        ("test -r x", "mksh", {"usr/bin/test"}),
    ],
)
def test_what_a_shell_does_itself_needs_no_program(line: str, shell: str, reached: set[str]) -> None:
    programs = {f"usr/bin/{name}": _ELF for name in (shell, "[", "test", "printf", "xargs", "readlink")}
    script: dict[str, bytes | Entry] = {"srv/a.sh": f"#!/bin/sh\n{line}\n".encode(), **programs}
    found = _reached(system_scene({**script, "bin/sh": link("bin/sh", f"/usr/bin/{shell}")}), "srv/a.sh")
    assert found - {"bin/sh", "usr/bin/xargs"} == reached
