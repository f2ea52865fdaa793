from __future__ import annotations

import pytest

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
        "usr/lib/gcc/x86_64-linux-gnu/12/libsndfile.so": linked(),
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


@pytest.mark.parametrize("name", ["_sysconfigdata__x86_64-linux-gnu.py", "ctypes/util.py"])
def test_what_python_was_built_with_and_what_it_looks_up_for_others_is_not_opened(name: str) -> None:
    library = f"usr/lib/python3.12/{name}"
    files: dict[str, bytes | Entry] = {
        library: b"vars = {'LDLIBRARY': 'libpython3.12.so', 'X': '/sbin/ldconfig'}\nfind_library('c')\n",
        "usr/lib/libpython3.12.so": linked(),
        "sbin/ldconfig": _ELF,
    }
    assert _reached(library, files) == set()


def test_a_docstring_of_a_distribution_names_no_program_and_one_of_the_application_may() -> None:
    source = b'"""As subprocess.run(["sox"])."""\nimport subprocess\n'
    assert _of_distribution("audio", source, "sox") == set()
    assert _reached("srv/app.py", {"srv/app.py": source, "usr/bin/sox": _ELF}) == {"usr/bin/sox"}


def test_a_shell_that_asks_for_completions_is_there_already() -> None:
    files = distribution_files(_DIST, "cli", files={"cli/shell_completion.py": b"subprocess.run(['bash', '-c'])\n"})
    assert _reached(f"{_DIST}/cli/shell_completion.py", {**files, "usr/bin/bash": _ELF}) == set()


_IDN = "usr/lib/libidn2.so.0"
_ASKS = compiled("int getaddrinfo(void);\nint f(void) { return getaddrinfo(); }\n")


@pytest.mark.parametrize(
    ("asking", "reached"),
    [
        ("usr/bin/ping", {_IDN}),
        ("usr/lib/python3.12/lib-dynload/_socket.cpython-312-x86_64-linux-gnu.so", set()),
        ("usr/lib/libcrypto.so.3", set()),
    ],
)
def test_names_in_other_scripts_are_asked_for_by_who_can(asking: str, reached: set[str]) -> None:
    assert _reached(asking, {asking: _ASKS, _IDN: linked("libidn2.so.0")}) == reached


def test_a_wheel_counts_on_no_names_in_other_scripts() -> None:
    library = f"{_DIST}/torch/lib/libtorch.so"
    files: dict[str, bytes | Entry] = {**distribution_files(_DIST, "torch", files={"torch/lib/libtorch.so": _ASKS})}
    assert _reached(library, {**files, _IDN: linked("libidn2.so.0")}) == set()


def test_modules_of_the_name_service_are_no_links_for_building() -> None:
    files: dict[str, bytes | Entry] = {
        "sbin/ldconfig": _says("libnss_%s.so"),
        "usr/lib/libnss_compat.so": linked(),
        "usr/bin/app": _says("libnss_files.so.2"),
        "usr/lib/libnss_files.so.2": linked(),
    }
    assert _reached("sbin/ldconfig", files) == set()
    assert _reached("usr/bin/app", files) == {"usr/lib/libnss_files.so.2"}


def test_the_c_library_alone_needs_no_names_in_other_scripts() -> None:
    files: dict[str, bytes | Entry] = {"usr/lib/libc.so.6": _says("libidn2.so.0"), _IDN: linked("libidn2.so.0")}
    assert _reached("usr/lib/libc.so.6", files) == set()


def test_the_name_that_a_library_had_before_a_wheel_was_repaired_is_not_loaded() -> None:
    repaired = linked("libext.so", ("libharfbuzz-0123abcd.so.0",)) + b"\0libharfbuzz.so.0\0libfribidi.so.0\0"
    files: dict[str, bytes | Entry] = {
        "s/ext.so": repaired,
        "usr/lib/libharfbuzz.so.0": linked("libharfbuzz.so.0"),
        "usr/lib/libfribidi.so.0": linked("libfribidi.so.0"),
    }
    assert _reached("s/ext.so", files) == {"usr/lib/libfribidi.so.0"}
    itself = "s/ext.libs/libharfbuzz-0123abcd.so.0.1"
    assert _reached(itself, {**files, itself: _says("libharfbuzz.so.0")}) == set()


def test_a_library_that_shows_long_texts_does_without_a_pager_and_the_application_may_run_one() -> None:
    source = b"import subprocess\nsubprocess.run('less')\nsubprocess.run('tput')\n"
    assert _of_distribution("click", source, "less", "tput") == {"usr/bin/tput"}
    files = {"srv/app.py": source, "usr/bin/less": _ELF}
    assert _reached("srv/app.py", dict(files)) == {"usr/bin/less"}


def test_a_library_that_was_repaired_twice_had_two_hashes_added_to_its_name() -> None:
    needed = "libquadmath-96973f99-934c22de.so.0.0.0"
    files: dict[str, bytes | Entry] = {
        "s/numpy.libs/libgfortran.so": linked("libgfortran.so", (needed,)) + b"\0libquadmath.so.0\0",
        "usr/lib/libquadmath.so.0": linked("libquadmath.so.0"),
    }
    assert _reached("s/numpy.libs/libgfortran.so", files) == set()


def _packaged(asking: str, body: bytes, says: str, maintainer: str = "Team <team@lists.debian.org>") -> set[str]:
    says = f"Maintainer: {maintainer}\n{says}"
    status = f"Package: asking\nStatus: install ok installed\nVersion: 1\n{says}\n\nPackage: between\nVersion: 1\n"
    status += "Depends: libsepol2\n\nPackage: libsepol2\nVersion: 3\n"
    files: dict[str, bytes | Entry] = {
        "lib": link("lib", "usr/lib"),
        asking: body,
        "usr/lib/libsepol.so.2": linked("libsepol.so.2"),
        "var/lib/dpkg/status": status.encode(),
        "var/lib/dpkg/info/asking.list": f"/{asking}\n".encode(),
        "var/lib/dpkg/info/between.list": b"/.\n",
        "var/lib/dpkg/info/libsepol2.list": b"/usr/lib/libsepol.so.2\n",
    }
    return {path.removeprefix("usr/") for path in _reached(asking, files)}


@pytest.mark.parametrize(
    ("says", "reached"),
    [
        ("Depends: libc6", set()),
        ("Breaks: libsepol2", set()),
        ("Depends: libsepol2 (>= 3)", {"lib/libsepol.so.2"}),
        ("Depends: between", {"lib/libsepol.so.2"}),
        ("Recommends: libsepol1 | libsepol2", {"lib/libsepol.so.2"}),
        ("Suggests: libsepol2", {"lib/libsepol.so.2"}),
        ("Recommends: between", set()),
    ],
)
def test_a_library_of_a_package_counts_on_those_that_the_package_wants(says: str, reached: set[str]) -> None:
    assert _packaged("usr/lib/libselinux.so.1", _says("libsepol.so.2"), says) == reached


@pytest.mark.parametrize(
    ("maintainer", "reached"),
    [("One <one@debian.org>", set()), ("cudatools <cudatools@vendor.com>", {"lib/libsepol.so.2"})],
)
def test_what_others_than_debian_leave_out_says_nothing(maintainer: str, reached: set[str]) -> None:
    found = _packaged("usr/lib/libnccl.so.2", _says("libsepol.so.2"), "Depends: libc6", maintainer)
    assert found == reached


def test_a_program_of_a_package_is_taken_at_its_word() -> None:
    program = compiled('const char *f = "libsepol.so.2";\nint main(void) { return 0; }\n', ())
    assert _packaged("usr/bin/app", program, "Depends: libc6") == {"lib/libsepol.so.2"}
