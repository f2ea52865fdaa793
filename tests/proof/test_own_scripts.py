"""Console scripts are asked for their help; those that nothing reaches bind nobody."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from builders.own_checks import ground_of
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.proof.own_checks.scripts import script_checks

POINTS = "[console_scripts]\ntool = tools.cli:main\na tool = tools.cli:main\nold=tools.old:main\ngone = tools:x\n"


def placed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files where they lie: a RECORD names scripts by a way up."""
    return {posixpath.normpath(path): body for path, body in files.items()}


FILES = placed(
    distribution_files(
        SITE,
        "tools",
        files={
            "tools/__init__.py": b"",
            "tools/cli.py": b"",
            "tools/old.py": b"import gone",
            "../../../bin/tool": b"#!python",
            "../../../bin/a tool": b"#!python",
            "../../../bin/old": b"#!python",
        },
        entry_points=POINTS,
    )
)
GONE = distribution_files(SITE, "gone", files={"gone.py": b""})
CUT = (f"{SITE}/gone.py", f"{SITE}/gone-1.0.dist-info")


def test_each_script_that_is_there_is_run_where_the_program_sees_it() -> None:
    checks = script_checks(ground_of(FILES))
    assert {probe.name: probe.command for probe in checks.probes} == {
        "made: scripts: bin/a tool --help": "'/app/bin/a tool' --help",
        "made: scripts: bin/old --help": "/app/bin/old --help",
        "made: scripts: bin/tool --help": "/app/bin/tool --help",
    }
    assert all(probe.made and probe.binding for probe in checks.probes)


def test_a_script_that_was_cut_is_not_run() -> None:
    names = [probe.name for probe in script_checks(ground_of(FILES, ("bin/tool",))).probes]
    assert "made: scripts: bin/tool --help" not in names


def test_what_is_reached_goes_first_and_binds() -> None:
    checks = script_checks(ground_of({**FILES, **GONE}, CUT, ("bin/tool",)))
    assert [(probe.name, probe.binding) for probe in checks.probes] == [
        ("made: scripts: bin/tool --help", True),
        ("made: scripts: bin/a tool --help", False),
    ]


def test_a_script_binds_by_its_module_as_well() -> None:
    checks = script_checks(ground_of({**FILES, **GONE}, CUT, (f"{SITE}/tools/cli.py",)))
    assert [probe.binding for probe in checks.probes] == [True, True]


def test_a_script_whose_module_can_not_be_imported_any_more_is_told() -> None:
    checks = script_checks(ground_of({**FILES, **GONE}, CUT, ("bin/tool",)))
    told = ("scripts: bin/old can't be run any more: nothing reaches it, nor parts that it needs",)
    assert checks.unproven == told


def test_without_a_sandbox_nothing_is_run_that_nobody_asked_for() -> None:
    checks = script_checks(ground_of(FILES, held=False))
    assert checks.probes == ()
    assert checks.unproven == ("scripts: none of 3 was run with --help, for there is no sandbox to hold it",)


def test_their_number_is_bounded_and_the_rest_is_told() -> None:
    names = [f"tool-{number:03}" for number in range(50)]
    points = "".join(f"{name} = many:main\n" for name in names)
    files = {f"../../../bin/{name}": b"" for name in names} | {"many.py": b""}
    many = placed(distribution_files(SITE, "many", files=files, entry_points=f"[console_scripts]\n{points}"))
    checks = script_checks(ground_of(many))
    assert len(checks.probes) == 32
    assert checks.unproven == ("scripts: 18 more were not run, the first bin/tool-032: 32 are enough at a time",)


def test_a_script_of_a_systems_package_is_found_where_such_packages_put_it() -> None:
    site = "usr/lib/python3/dist-packages"
    flask = distribution_files(
        site, "flask", files={"flask.py": b""}, entry_points="[console_scripts]\nflask=flask:run\n"
    )
    checks = script_checks(ground_of({**flask, "usr/bin/flask": b"#!python"}))
    assert [probe.name for probe in checks.probes] == ["made: scripts: usr/bin/flask --help"]
