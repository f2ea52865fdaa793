"""setup.py, which is never run, and setup.cfg."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.declared import asked_of, lines_of, stated_in
from deadweight.core.errors import UsageError

LISTS = {"req.txt": "flask>=2\nnumpy  # sums\n", "req-db.txt": "psycopg\n"}


def of_setup(folder: Path, text: str) -> list[str]:
    """What a setup.py that ends with the text asks for, its gaps behind."""
    stated = stated_in(folder, {"setup.py": f"import os, sys\nfrom setuptools import setup\n{text}\n", **LISTS})
    return [*asked_of(stated), *(f"gap: {gap.reason}" for gap in stated.gaps)]


BOTH = ["core: flask>=2", "core: numpy"]


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=['flask>=2', 'numpy'])",
        "setup(install_requires=('flask>=2', 'numpy',))",
        "setup(install_requires='flask>=2\\nnumpy')",
        "setup(install_requires='''\n  flask>=2\n  # no\n  numpy\n''')",
        "import setuptools\nsetuptools.setup(install_requires=['flask>=2', 'numpy'])",
        "A = ['flask>=2']\nB = ['numpy']\nsetup(install_requires=A + B)",
        "A = ['flask>=2']\nA += ['numpy']\nsetup(install_requires=A)",
        "A = ['flask>=2']\nA.append('numpy')\nsetup(install_requires=A)",
        "A = []\nA.extend(['flask>=2', 'numpy'])\nsetup(install_requires=A)",
        "A: list = ['flask>=2', 'numpy']\nsetup(install_requires=list(A))",
        "A = ['numpy']\nsetup(install_requires=['flask>=2', *A])",
        "V = '2'\nsetup(install_requires=[f'flask>={V}', 'numpy'])",
        "V = '2'\nsetup(install_requires=['flask>=%s' % V, 'num' + 'py'])",
        "A = {'install_requires': ['flask>=2', 'numpy']}\nsetup(**A)",
        "A = dict(install_requires=['flask>=2', 'numpy'])\nsetup(name='x', **A)",
        "A = {'a': ['flask>=2', 'numpy']}\nsetup(install_requires=A['a'])",
        "def a():\n    return ['flask>=2', 'numpy']\nsetup(install_requires=a())",
        "def main():\n    a = ['flask>=2', 'numpy']\n    setup(install_requires=a)\nmain()",
        "if __name__ == '__main__':\n    setup(install_requires=['flask>=2', 'numpy'])",
        "setup(install_requires='flask>=2 numpy'.split())",
        "setup(install_requires=[x.strip() for x in ['flask>=2 ', ' numpy']])",
        "setup(install_requires=[x for x in ('flask>=2', 'numpy')])",
        "setup(install_requires=open('req.txt').read().splitlines())",
        "setup(install_requires=open('req.txt').readlines())",
        "setup(install_requires=[l.strip() for l in open('req.txt') if l])",
        "with open('req.txt') as f:\n    A = f.read().splitlines()\nsetup(install_requires=A)",
        "with open('req.txt') as f:\n    A = [l for l in f if not l.startswith('#')]\nsetup(install_requires=A)",
        "here = os.path.dirname(__file__)"
        "\nsetup(install_requires=open(os.path.join(here, 'req.txt')).read().split('\\n'))",
        "from pathlib import Path\nsetup(install_requires=Path('req.txt').read_text().splitlines())",
        "from pathlib import Path\nH = Path(__file__).parent"
        "\nsetup(install_requires=(H / 'req.txt').read_text().split())",
        "import io\nsetup(install_requires=io.open('req.txt', encoding='utf8').read().splitlines())",
        "def read(n):\n    return open(n).read()\nsetup(install_requires=read('req.txt').splitlines())",
        "def read(n='req.txt'):\n    with open(n) as f:\n        return f.readlines()\nsetup(install_requires=read())",
        "def reqs(n):\n    r = []\n    for l in open(n):\n        r.append(l)\n    return r"
        "\nsetup(install_requires=reqs('./req.txt'))",
        "from pip.req import parse_requirements"
        "\nsetup(install_requires=[str(r.req) for r in parse_requirements('req.txt')])",
    ],
)  # fmt: skip
def test_what_constants_come_to_is_read(tmp_path: Path, text: str) -> None:
    assert of_setup(tmp_path, text) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=work())",
        "setup(install_requires=['flask==' + VERSION])",
        "A = []\nfor x in work():\n    A.append(x)\nsetup(install_requires=A)",
        "setup(install_requires=A if sys.platform == 'x' else B)",
        "setup(**work())",
        "A = {}\nA.update(work())\nsetup(extras_require=A)",
        "setup(install_requires=lambda: [])",
        "def a(n):\n    return a(n)\nsetup(install_requires=a(1))",
    ],
)
def test_what_is_computed_is_a_gap_that_says_so(tmp_path: Path, text: str) -> None:
    gaps = [line for line in of_setup(tmp_path, text) if line.startswith("gap: ")]
    assert gaps
    assert all("setup.py is not run" in gap for gap in gaps)


def test_a_setup_py_is_never_run(tmp_path: Path) -> None:
    told = tmp_path / "it-ran"
    text = f"open({str(told)!r}, 'w').close()\nraise SystemExit(1)\n"
    text += "from setuptools import setup\nsetup(install_requires=['flask'])\n"
    assert asked_of(stated_in(tmp_path, {"setup.py": text})) == ["core: flask"]
    assert not told.exists()


def test_a_setup_py_is_read_with_extras_lines_and_all_else(tmp_path: Path) -> None:
    text = """\
        from setuptools import setup
        EXTRAS = {
            "gpu": ["cupy"],
            "dev": ["black"],
            ":python_version < '3.8'": ["typing-extensions"],
            "win:sys_platform == 'win32'": "pywin32",
        }
        EXTRAS["all"] = EXTRAS["gpu"] + ["rich"]
        setup(
            name="Mine",
            python_requires=">=3.8",
            install_requires=[
                "flask",
            ],
            tests_require=["pytest"],
            setup_requires=["cython"],
            extras_require=EXTRAS,
            entry_points={"console_scripts": ["mine = mine:main"], "gui_scripts": "g=mine:gui"},
        )
        """
    stated = stated_in(tmp_path, {"setup.py": text})
    assert lines_of(stated) == [
        "core: flask @ setup.py:13",
        "build build: cython @ setup.py:16",
        "test test: pytest @ setup.py:15",
        "extra gpu: cupy @ setup.py:3",
        "development dev: black @ setup.py:4",
        'core: typing-extensions; python_version < "3.8" @ setup.py:5',
        'extra win: pywin32; sys_platform == "win32" @ setup.py:6',
        "extra all: cupy @ setup.py:3",
        "extra all: rich @ setup.py:8",
    ]
    assert (stated.name, stated.requires_python) == ("mine", ">=3.8")
    assert stated.extras == ("gpu", "dev", "win", "all")
    assert stated.scripts == {"console_scripts": {"mine": "mine:main"}, "gui_scripts": {"g": "mine:gui"}}


def test_a_list_that_a_setup_py_opens_and_that_is_missing_is_an_error(tmp_path: Path) -> None:
    text = "from setuptools import setup\nsetup(install_requires=open('gone.txt').readlines())\n"
    with pytest.raises(UsageError, match=r"gone\.txt cannot be read") as caught:
        stated_in(tmp_path, {"setup.py": text})
    assert caught.value.where.startswith("setup.py:2")


def test_a_folder_of_lists_is_followed_through_functions_of_functions(tmp_path: Path) -> None:
    """Celery's own way: a function that joins its words to a path, used once for each extra."""
    text = """\
        import os
        from setuptools import setup
        EXTENSIONS = {"redis", "s3"}
        def _strip(line):
            return line.split("#", 1)[0].strip()
        def _reqs(*f):
            path = os.path.join(os.getcwd(), "requirements", *f)
            return [r for r in (_strip(l) for l in open(path).readlines()) if r]
        def reqs(*f):
            return [req for sub in _reqs(*f) for req in sub]
        def extras(*p):
            return reqs("extras", *p)
        setup(
            install_requires=reqs("default.txt"),
            extras_require={x: extras(x + ".txt") for x in EXTENSIONS},
        )
        """
    files = {
        "setup.py": text,
        "requirements/default.txt": "kombu\n",
        "requirements/extras/redis.txt": "redis\n",
        "requirements/extras/s3.txt": "boto3\n",
    }
    stated = stated_in(tmp_path, files)
    assert sorted(asked_of(stated)) == ["core: kombu", "extra: boto3", "extra: redis"]
    assert not stated.gaps


def test_a_setup_py_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Python") as caught:
        stated_in(tmp_path, {"setup.py": "import os\nprint 'old'\n"})
    assert caught.value.where == "setup.py:2"


def test_a_setup_py_that_calls_nothing_declares_nothing(tmp_path: Path) -> None:
    assert stated_in(tmp_path, {"setup.py": "print('hello')\n"}).files == ()


CFG = """\
[metadata]
name = Mine
[options]
python_requires = >=3.8
install_requires =
    flask>=2
    # a note
    numpy; python_version < "4"  # sums
tests_require = pytest
[options.extras_require]
gpu =
    cupy
docs = sphinx
    furo
[options.entry_points]
console_scripts =
    mine = mine:main
"""


def test_setup_cfg_is_read_with_its_lines(tmp_path: Path) -> None:
    stated = stated_in(tmp_path, {"setup.cfg": CFG})
    assert lines_of(stated) == [
        "core: flask>=2 @ setup.cfg:6",
        'core: numpy; python_version < "4" @ setup.cfg:8',
        "test test: pytest @ setup.cfg:9",
        "extra gpu: cupy @ setup.cfg:12",
        "documentation docs: sphinx @ setup.cfg:13",
        "documentation docs: furo @ setup.cfg:14",
    ]
    assert (stated.name, stated.requires_python, stated.extras) == ("mine", ">=3.8", ("gpu", "docs"))
    assert stated.scripts == {"console_scripts": {"mine": "mine:main"}}


def test_setup_cfg_may_name_files(tmp_path: Path) -> None:
    cfg = "[options]\ninstall_requires = file: req.txt, req-db.txt\n"
    assert asked_of(stated_in(tmp_path, {"setup.cfg": cfg, **LISTS})) == [*BOTH, "core: psycopg"]
    with pytest.raises(UsageError, match=r"gone\.txt cannot be read"):
        stated_in(tmp_path, {"setup.cfg": "[options]\ninstall_requires = file: gone.txt\n"})


@pytest.mark.parametrize(
    ("cfg", "where", "what"),
    [
        ("no section\n", "setup.cfg:1", "no configuration file"),
        ("[options]\n[options]\n", "setup.cfg:2", "no configuration file"),
        ("[options]\ninstall_requires =\n  a b\n", "setup.cfg:3", "'a b' is no requirement"),
    ],
)
def test_a_broken_setup_cfg_is_told(tmp_path: Path, cfg: str, where: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        stated_in(tmp_path, {"setup.cfg": cfg})
    assert caught.value.where.startswith(where)


def test_a_setup_cfg_of_settings_alone_declares_nothing(tmp_path: Path) -> None:
    assert stated_in(tmp_path, {"setup.cfg": "[flake8]\nmax-line-length = 100\n"}).files == ()
