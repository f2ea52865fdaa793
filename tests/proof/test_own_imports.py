"""Sweeps hold a result to what it keeps, and tell of what nothing reaches and can no longer be imported."""

from __future__ import annotations

from pathlib import Path

from builders.own_checks import ground_of
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.core.probe import Probe
from deadweight.proof.own_checks.imports import import_checks, spread
from deadweight.proof.probes import parse_probes

WEB = distribution_files(
    SITE,
    "web",
    files={
        "web/__init__.py": b"",
        "web/app.py": b"from web import core",
        "web/core.py": b"try:\n    import speed\nexcept ImportError:\n    speed = None",
        "web/templates.py": b"import jinja.nodes",
        "web/theme.py": b"from web.templates import x",
        "web/session.py": b"try:\n    import jinja\nexcept ImportError:\n    raise RuntimeError",
        "web/login.py": b"from . import session",
    },
)
JINJA = distribution_files(SITE, "jinja", files={"jinja/__init__.py": b"", "jinja/nodes.py": b""})
SPEED = distribution_files(SITE, "speed", files={"speed.py": b""})
FILES = {**WEB, **JINJA, **SPEED}
CUT = (f"{SITE}/jinja", f"{SITE}/jinja-1.0.dist-info", f"{SITE}/speed.py", f"{SITE}/speed-1.0.dist-info")
REACHED = tuple(f"{SITE}/web/{name}.py" for name in ("__init__", "app", "core"))


def modules(probes: tuple[Probe, ...]) -> dict[str, tuple[str, ...]]:
    return {probe.name: probe.modules for probe in probes}


def test_every_module_of_every_kept_distribution_is_imported() -> None:
    checks = import_checks(ground_of(FILES, CUT[2:]))
    assert [probe.name for probe in checks.probes] == ["made: imports: jinja", "made: imports: web"]
    assert len(checks.probes[1].modules) == 7
    assert all(probe.made and probe.binding for probe in checks.probes)
    assert checks.unproven == ()


def test_what_nothing_reaches_and_needs_what_is_gone_is_told_and_not_imported() -> None:
    checks = import_checks(ground_of(FILES, CUT, REACHED))
    assert checks.unproven == (
        "2 modules of web can't be imported any more: they need parts of jinja, which nothing reaches",
    )
    swept = modules(checks.probes)
    assert swept["made: imports: web"] == ("web", "web.app", "web.core")


def test_what_may_miss_something_that_is_gone_is_imported_and_binds_nobody() -> None:
    checks = import_checks(ground_of(FILES, CUT, REACHED))
    loose = checks.probes[-1]
    assert loose.name == "made: imports: web, what nothing reaches"
    assert loose.modules == ("web.login", "web.session")
    assert not loose.binding


def test_a_reached_module_binds_though_it_needs_what_is_gone() -> None:
    checks = import_checks(ground_of(FILES, CUT, (*REACHED, f"{SITE}/web/theme.py")))
    assert "web.theme" in modules(checks.probes)["made: imports: web"]


def test_where_nothing_is_known_of_what_is_reached_every_module_binds() -> None:
    checks = import_checks(ground_of(FILES, CUT, None))
    assert len(modules(checks.probes)["made: imports: web"]) == 7
    assert checks.unproven == ()


def test_a_bare_import_probe_becomes_one_a_distribution_and_others_stay() -> None:
    probes = parse_probes(["GET /", "imports", "imports: mine"], Path())
    spread_out = spread(probes, ground_of({**JINJA, **SPEED}))
    assert modules(spread_out.probes) == {
        "GET /": (),
        "imports: jinja": ("jinja", "jinja.nodes"),
        "imports: speed": ("speed",),
        "imports: mine": ("mine",),
    }
    assert not any(probe.made for probe in spread_out.probes)
