from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.core.artifact import Image
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.only_tools import bundles
from deadweight.facts.requirement_graph import REQUIREMENTS

Files = dict[str, bytes]


def dist(name: str, *requires: str, code: bytes = b"", points: str = "", requested: bool = False) -> Files:
    module = name.replace("-", "_")
    parts = distribution_files(
        SITE, name, files={f"{module}/__init__.py": code}, requires=requires, entry_points=points
    )
    return parts | ({f"{SITE}/{module}-1.0.dist-info/REQUESTED": b""} if requested else {})


def leaving(*parts: Files, tools: str, image: Image | None = None) -> dict[str, str]:
    """The members of each bundle by its roots, as words."""
    scene = site_scene(*parts, image=image)
    infos = [f"{SITE}/{tool}-1.0.dist-info" for tool in tools.split()]
    name = len(f"{SITE}/"), -len("-1.0.dist-info")
    return {
        " ".join(root[slice(*name)] for root in bundle.roots): " ".join(one[slice(*name)] for one in bundle.members)
        for bundle in bundles(scene, infos)
    }


def test_a_tool_goes_with_what_only_it_needs() -> None:
    found = leaving(dist("tool", "lib", "both"), dist("lib"), dist("both"), dist("service", "both"), tools="tool")
    assert found == {"tool": "lib tool"}


def test_what_two_tools_share_is_a_bundle_of_its_own() -> None:
    found = leaving(dist("one", "lib"), dist("two", "lib"), dist("lib"), tools="one two")
    assert found == {"one": "one", "one two": "lib", "two": "two"}


def test_a_tool_below_another_goes_with_it() -> None:
    assert leaving(dist("notebook", "server"), dist("server"), tools="notebook server") == {
        "notebook": "notebook server"
    }


def test_tools_that_need_each_other_are_one_bundle() -> None:
    assert leaving(dist("a", "b"), dist("b", "a"), tools="a b") == {"a": "a b"}


def test_a_tool_that_something_kept_requires_stays_with_its_needs() -> None:
    assert leaving(dist("service", "tool"), dist("tool", "lib"), dist("lib"), tools="tool") == {}


def test_a_tool_that_the_application_imports_stays() -> None:
    application = {"app/main.py": b"def f():\n    import tool\n"}
    assert leaving(dist("tool", "lib"), dist("lib"), application, tools="tool") == {}


def test_a_tool_that_the_command_names_stays() -> None:
    parts = dist("tool", points="[console_scripts]\nrun-tool = tool:main\n")
    assert leaving(parts, tools="tool", image=image_running("run-tool")) == {}
    assert leaving(parts, tools="tool", image=image_running("python", "-m", "tool.main")) == {"tool": "tool"}
    assert leaving(parts, tools="tool", image=image_running("python", "-m", "tool")) == {}


def test_a_library_that_was_asked_for_stays() -> None:
    assert leaving(dist("tool", "click"), dist("click", requested=True), tools="tool") == {"tool": "tool"}


def test_a_tool_that_was_asked_for_goes_all_the_same() -> None:
    assert leaving(dist("tool", requested=True), tools="tool") == {"tool": "tool"}


def test_a_library_that_kept_code_imports_under_a_guard_stays() -> None:
    """starlette imports jinja2 where it is there, and requires it nowhere."""
    soft = b"try:\n    import jinja2\nexcept ImportError:\n    jinja2 = None\n"
    assert leaving(dist("tool", "jinja2"), dist("jinja2"), dist("starlette", code=soft), tools="tool") == {
        "tool": "tool"
    }


def test_a_tool_that_kept_code_imports_under_a_guard_goes() -> None:
    soft = b"def f():\n    import tool\n"
    assert leaving(dist("tool"), dist("service", code=soft), tools="tool") == {"tool": "tool"}


def test_setuptools_stays_where_something_kept_needs_pkg_resources() -> None:
    setuptools = distribution_files(
        SITE, "setuptools", files={"setuptools/__init__.py": b"", "pkg_resources/__init__.py": b""}
    )
    assert leaving(setuptools, dist("old", code=b"import pkg_resources\n"), tools="setuptools") == {}
    assert leaving(setuptools, dist("new", code=b"import json\n"), tools="setuptools") == {"setuptools": "setuptools"}


def test_a_plug_in_of_something_kept_stays() -> None:
    plugin = dist("plugin", points="[service.plugins]\nfast = plugin:Fast\n")
    assert leaving(dist("tool", "plugin"), plugin, dist("service"), tools="tool") == {"tool": "tool"}


def test_an_extra_that_was_installed_beside_tools_stays() -> None:
    """fastapi[standard] brings jinja2, which the notebook needs too."""
    fastapi = dist("fastapi", "jinja2 ; extra == 'standard'", "multipart ; extra == 'standard'")
    parts = (fastapi, dist("jinja2"), dist("multipart"), dist("tool", "jinja2"))
    assert leaving(*parts, tools="tool") == {"tool": "tool"}


def test_an_extra_that_tools_alone_explain_does_not_hold_a_library() -> None:
    parts = (dist("pillow", "defused ; extra == 'xmp'"), dist("defused"), dist("tool", "defused"))
    assert leaving(*parts, tools="tool") == {"tool": "defused tool"}


def test_nothing_leaves_where_there_is_no_tool() -> None:
    assert leaving(dist("service"), tools="") == {}


def test_a_tool_that_a_kept_package_cannot_be_imported_without_stays() -> None:
    parts = (
        dist("pytest"),
        dist("service", code=b"from service_core import x\n"),
        dist("service-core", code=b"import pytest\n"),
    )
    assert leaving(*parts, tools="pytest") == {}


def test_a_tool_that_only_a_side_module_of_a_kept_package_imports_goes() -> None:
    files = {"pandas/__init__.py": b"", "pandas/decorators.py": b"import pytest\n"}
    assert leaving(dist("pytest"), distribution_files(SITE, "pandas", files=files), tools="pytest") == {
        "pytest": "pytest"
    }


def test_a_tool_that_the_application_reaches_through_a_side_module_stays() -> None:
    """torch.utils.cpp_extension imports setuptools."""
    files = {"torch/__init__.py": b"", "torch/cpp_extension.py": b"import setuptools\n"}
    application = {"app/main.py": b"from torch.cpp_extension import load\n"}
    assert (
        leaving(dist("setuptools"), distribution_files(SITE, "torch", files=files), application, tools="setuptools")
        == {}
    )


_WORDS = ("alpha", "beta", "gamma", "delta", "omega", "sigma")


@settings(max_examples=50, derandomize=True, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_WORDS), st.lists(st.sampled_from(_WORDS), unique=True, max_size=3), min_size=2),
    st.sets(st.sampled_from(_WORDS), max_size=3),
)
def test_what_is_kept_needs_nothing_that_leaves(requires: dict[str, list[str]], tools: set[str]) -> None:
    scene = site_scene(*(dist(name, *lines) for name, lines in requires.items()))
    infos = {f"{SITE}/{name}-1.0.dist-info" for name in tools & requires.keys()}
    graph = scene.ask(REQUIREMENTS)
    found = bundles(scene, infos)
    leaving = [member for bundle in found for member in bundle.members]
    kept = {one.info for one in scene.ask(DISTRIBUTIONS)} - set(leaving)
    assert len(leaving) == len(set(leaving))
    assert graph.closure(kept) == kept
    assert set(leaving) <= graph.closure(infos)
    for bundle in found:
        assert all(one in graph.closure([root]) for one in bundle.members for root in bundle.roots)
        assert set(bundle.roots) <= infos
