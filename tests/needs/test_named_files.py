from __future__ import annotations

from builders.elves import compiled
from builders.loading import link, linked, system_scene
from builders.scenes import distribution_files
from deadweight.core.entry import Entry
from deadweight.needs.named_files import NEED

_ELF = b"\x7fELF" + bytes(60)
_DIST = "usr/lib/python3.12/site-packages"


def _reached(path: str, files: dict[str, bytes | Entry]) -> set[str]:
    return {step.path for step in NEED.follow(system_scene(files), path)}


def _says(text: str) -> bytes:
    return compiled(f'const char *f(void) {{ return "{text}"; }}\n')


def _of_distribution(name: str, source: bytes, *programs: str) -> set[str]:
    files = distribution_files(_DIST, name, files={f"{name}/__init__.py": source})
    return _reached(f"{_DIST}/{name}/__init__.py", {**files, **{f"usr/bin/{one}": _ELF for one in programs}})


def test_a_library_that_native_code_names_is_reached() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/bin/app": _says("libplugin.so.3"),
        "usr/lib/libplugin.so.3": linked("libplugin.so.3"),
    }
    assert _reached("usr/bin/app", files) == {"usr/lib/libplugin.so.3"}


def test_a_name_with_a_place_to_fill_in_reaches_all_that_fit() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/bin/app": _says("libplugin_%s.so"),
        "usr/lib/libplugin_a.so": linked(),
        "usr/lib/libplugin_b.so": linked(),
        "usr/lib/libother.so": linked(),
    }
    assert _reached("usr/bin/app", files) == {"usr/lib/libplugin_a.so", "usr/lib/libplugin_b.so"}


def test_a_name_that_is_nearly_all_place_to_fill_in_reaches_nothing() -> None:
    assert _reached("usr/bin/app", {"usr/bin/app": _says("lib%s.so"), "usr/lib/libother.so": linked()}) == set()


def test_what_the_dynamic_section_names_is_left_to_the_loader() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/bin/app": linked("", ("liba.so.1",)),
        "usr/lib/liba.so.1": linked("liba.so.1"),
    }
    assert _reached("usr/bin/app", files) == set()


def test_a_file_at_an_absolute_path_is_reached_and_a_directory_is_not() -> None:
    files: dict[str, bytes | Entry] = {
        "bin": link("bin", "usr/bin"),
        "usr/bin/sh": link("usr/bin/sh", "dash"),
        "usr/bin/dash": _ELF,
        "usr/lib/libc.so.6": compiled('const char *a[] = {"/bin/sh", "/usr/share/zoneinfo", "/etc/gone"};\n'),
        "usr/share/zoneinfo/UTC": b"TZif",
    }
    assert _reached("usr/lib/libc.so.6", files) == {"bin/sh"}


def test_a_library_that_a_source_loads_is_reached() -> None:
    files: dict[str, bytes | Entry] = {"srv/app.py": b'CDLL("libsndfile.so.1")\n', "usr/lib/libsndfile.so.1": linked()}
    assert _reached("srv/app.py", files) == {"usr/lib/libsndfile.so.1"}


def test_what_find_library_gives_is_reached_with_what_it_asks() -> None:
    files: dict[str, bytes | Entry] = {
        "srv/app.py": b'find_library("sndfile")\n',
        "usr/lib/libsndfile.so.1": linked(),
        "usr/lib/libother.so.1": linked(),
        "sbin/ldconfig": _ELF,
    }
    assert _reached("srv/app.py", files) & files.keys() == {"usr/lib/libsndfile.so.1", "sbin/ldconfig"}


def test_the_application_reaches_every_program_that_it_names() -> None:
    source = b"import subprocess\nTOOL = 'ffmpeg'\nsubprocess.run(['gcc', '-v'])\n"
    files: dict[str, bytes | Entry] = {"srv/app.py": source, "usr/bin/ffmpeg": _ELF, "usr/bin/gcc": _ELF}
    assert _reached("srv/app.py", files) == {"usr/bin/ffmpeg", "usr/bin/gcc"}


def test_a_distribution_reaches_what_it_runs_but_no_tool_of_developers() -> None:
    source = b"import subprocess\nKIND = 'sort'\nsubprocess.run(['ffmpeg'])\nsubprocess.run(['git', 'describe'])\n"
    assert _of_distribution("pydub", source, "sort", "ffmpeg", "git") == {"usr/bin/ffmpeg"}


def test_a_distribution_that_is_about_a_tool_reaches_it() -> None:
    assert _of_distribution("gitpython", b"import subprocess\nsubprocess.run(['git'])\n", "git") == {"usr/bin/git"}


def test_an_application_that_builds_code_as_it_runs_needs_its_compilers() -> None:
    files: dict[str, bytes | Entry] = {"usr/bin/g++": _ELF, "srv/app.py": b"model = torch.compile(model)\n"}
    assert [step.path for step in NEED.seeds(system_scene(files))] == ["usr/bin/g++"]
    assert list(NEED.seeds(system_scene({"usr/bin/g++": _ELF, "srv/app.py": b"x = 1\n"}))) == []
