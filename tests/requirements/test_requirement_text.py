"""One requirement, in every spelling that people use."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.declared import project_of
from deadweight.requirements.requirement_text import Asking, Named, Unnamed, asking

FILES = {
    "lib/pyproject.toml": '[project]\nname = "My_Lib"\n',
    "old/setup.py": "from setuptools import setup\nsetup(name='old.lib')\n",
    "cfg/setup.cfg": "[metadata]\nname = Cfg_Lib\n",
    "poetic/pyproject.toml": '[tool.poetry]\nname = "poetic"\n',
    "flitted/pyproject.toml": '[tool.flit.metadata]\nmodule = "flitted"\n',
    "silent/README": "",
    "wheels/foo_bar-1.0-py3-none-any.whl": "",
    "sub/inner/pyproject.toml": '[project]\nname = "inner"\n',
}


@pytest.mark.parametrize(
    ("text", "name", "requirement", "path"),
    [
        ("Flask", "flask", "Flask", ""),
        ("flask>=2,<3", "flask", "flask<3,>=2", ""),
        ("flask (>=2)", "flask", "flask>=2", ""),
        ("flask[async, dotenv]==2.*", "flask", "flask[async,dotenv]==2.*", ""),
        ("zope.interface~=5.0", "zope-interface", "zope.interface~=5.0", ""),
        ("torch==2.0+cpu", "torch", "torch==2.0+cpu", ""),
        ("a;python_version<'3'", "a", 'a; python_version < "3"', ""),
        ("a @ https://h/a-1.zip", "a", "a @ https://h/a-1.zip", ""),
        ("a[x]@git+https://h/a@v1", "a", "a[x] @ git+https://h/a@v1", ""),
        ("git+https://h/o/repo.git#egg=Repo", "repo", "Repo @ git+https://h/o/repo.git", ""),
        ("git+https://h/o/repo.git@main#egg=repo[x]", "repo", "repo[x] @ git+https://h/o/repo.git@main", ""),
        (
            "git+ssh://git@h/o/r.git@1#egg=r&subdirectory=a",
            "r",
            "r @ git+ssh://git@h/o/r.git@1#subdirectory=a",
            "",
        ),
        ("https://h/foo_bar-1.0-py3-none-any.whl", "foo-bar", "foo-bar @ https://h/foo_bar-1.0-py3-none-any.whl", ""),
        ("https://h/foo-1.0.tar.gz ; os_name=='nt'", "foo", 'foo @ https://h/foo-1.0.tar.gz ; os_name == "nt"', ""),
        ("./lib", "my-lib", "my-lib", "lib"),
        ("./lib[fast] ; python_version>'3'", "my-lib", 'my-lib[fast]; python_version > "3"', "lib"),
        ("lib/", "my-lib", "my-lib", "lib"),
        ("./old", "old-lib", "old-lib", "old"),
        ("./cfg", "cfg-lib", "cfg-lib", "cfg"),
        ("./poetic", "poetic", "poetic", "poetic"),
        ("./flitted", "flitted", "flitted", "flitted"),
        ("wheels/foo_bar-1.0-py3-none-any.whl", "foo-bar", "foo-bar", "wheels/foo_bar-1.0-py3-none-any.whl"),
        ("file:lib", "my-lib", "my-lib", "lib"),
        ("my-lib @ file:./lib", "my-lib", "my-lib", "lib"),
        ("my-lib @ ./lib", "my-lib", "my-lib", "lib"),
        ("./inner", "inner", "inner", "sub/inner"),
    ],
)  # fmt: skip
def test_a_requirement_is_read(tmp_path: Path, text: str, name: str, requirement: str, path: str) -> None:
    found = asking(text, Asking(project_of(tmp_path, FILES), "sub"))
    assert found == Named(name, requirement, path)


def test_a_whole_path_within_the_project_is_told_from_its_root(tmp_path: Path) -> None:
    project_of(tmp_path, FILES)
    assert asking(f"x @ file://{tmp_path}/lib", Asking(tmp_path)) == Named("x", "x", "lib")


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("torch==${TORCH}", "torch"),
        ("torch[x]>=${A},<${B}", "torch[x]"),
        ("torch==${V} ; python_version > '3'", 'torch; python_version > "3"'),
    ],
)
def test_a_version_in_an_environment_variable_is_not_known(tmp_path: Path, text: str, requirement: str) -> None:
    found = asking(text, Asking(tmp_path))
    assert isinstance(found, Named)
    assert (found.name, found.requirement) == ("torch", requirement)
    assert "environment variable" in found.unknown


@pytest.mark.parametrize("text", ["git+https://h/o/repo.git", "https://h/download", "./silent"])
def test_what_does_not_say_its_name_is_said_to_be_unknown(tmp_path: Path, text: str) -> None:
    assert isinstance(asking(text, Asking(project_of(tmp_path, FILES))), Unnamed)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a==", "is no requirement"),
        ("a b", "is no requirement"),
        ("a[x", "is no requirement"),
        ("a>=2.*", "is no requirement"),
        ("a; nonsense == '1'", "markers are python_version"),
        ("a; python_version >", "is no requirement"),
        ("./nowhere", "./nowhere is not there"),
        ("<<<<<<< HEAD", "is no requirement"),
        ("https://h/foo-1.0.zip ; python == '3'", "markers are python_version"),
    ],
)
def test_what_is_no_requirement_is_said_in_a_sentence(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(ValueError, match="no") as caught:
        asking(text, Asking(tmp_path))
    assert what in str(caught.value)
    assert "\n" not in str(caught.value)
