"""What package managers downloaded and keep for an install that will never come.

Why it weighs
-------------
pip, uv, conda, apt, apk, dnf, npm and their like keep each archive and index that they fetched. In an image they are
there once more beside what was installed from them.

Evidence
--------
A directory at the place where the package manager keeps its cache, by the end of its path (`.cache/pip`,
`var/lib/apt/lists`, `.npm/_cacache`), or `pkgs` beside `conda-meta`, or where the image's environment says
(UV_CACHE_DIR). A cache that a symbolic link or the image's configuration points into (uv with link mode symlink) is
left. Hubs of models (Hugging Face, torch) are caches by name only: what the program loads often lives nowhere else.

Edit
----
Remove, the directory itself left where the package manager expects it. Safe: the next install fetches again. Hubs of
models are only suggested. Hard links from the cache to what is installed keep their bytes and are not counted.

Source
------
pip cache dir, uv cache dir, npm-cache(1), apt.conf(5) Dir::Cache and Dir::State::lists, apk-cache(5), dnf.conf(5)
cachedir, conda clean, HF_HUB_CACHE and TORCH_HOME in the documentation of huggingface_hub and torch.hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.pointed_at import POINTED_AT, Pointer, pointers_into
from deadweight.rules.reporting import Group, Waste, finding, is_packaged, owner_name


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a package manager keeps its cache: `tail` ends the path; with `beside` a sibling must be there."""

    manager: str
    tail: str
    keep_directory: bool = False
    beside: str = ""
    models: bool = False


_PLACES = (
    _Place("apt", "var/lib/apt/lists", keep_directory=True),
    _Place("apt", "var/cache/apt", keep_directory=True),
    _Place("apk", "var/cache/apk", keep_directory=True),
    _Place("apk", "etc/apk/cache"),
    _Place("dnf", "var/cache/dnf", keep_directory=True),
    _Place("dnf", "var/cache/libdnf5", keep_directory=True),
    _Place("yum", "var/cache/yum", keep_directory=True),
    _Place("zypper", "var/cache/zypp", keep_directory=True),
    _Place("pacman", "var/cache/pacman/pkg", keep_directory=True),
    _Place("pip", ".cache/pip"),
    _Place("uv", ".cache/uv"),
    _Place("poetry", ".cache/pypoetry/cache"),
    _Place("poetry", ".cache/pypoetry/artifacts"),
    _Place("pipenv", ".cache/pipenv"),
    _Place("pdm", ".cache/pdm"),
    _Place("hatch", ".cache/hatch"),
    _Place("conda", "pkgs", beside="conda-meta"),
    _Place("npm", ".npm/_cacache"),
    _Place("npm", ".npm/_logs"),
    _Place("yarn", ".cache/yarn"),
    _Place("yarn", ".yarn/berry/cache"),
    _Place("pnpm", ".local/share/pnpm/store"),
    _Place("pnpm", ".pnpm-store"),
    _Place("pnpm", ".cache/pnpm"),
    _Place("bun", ".bun/install/cache"),
    _Place("node-gyp", ".cache/node-gyp"),
    _Place("go", ".cache/go-build"),
    _Place("go", "go/pkg/mod/cache"),
    _Place("cargo", ".cargo/registry/cache"),
    _Place("cargo", ".cargo/registry/index"),
    _Place("composer", ".cache/composer"),
    _Place("ccache", ".cache/ccache"),
    _Place("Hugging Face", ".cache/huggingface/xet"),
    _Place("Hugging Face", ".cache/huggingface/hub", models=True),
    _Place("Hugging Face", ".cache/huggingface/datasets", models=True),
    _Place("torch", ".cache/torch/hub", models=True),
    _Place("sentence-transformers", ".cache/torch/sentence_transformers", models=True),
)


_VARIABLES = {
    "PIP_CACHE_DIR": "pip",
    "UV_CACHE_DIR": "uv",
    "NPM_CONFIG_CACHE": "npm",
    "npm_config_cache": "npm",
    "YARN_CACHE_FOLDER": "yarn",
    "PDM_CACHE_DIR": "pdm",
    "CONDA_PKGS_DIRS": "conda",
    "CCACHE_DIR": "ccache",
}
"""Variables of the environment that say where a package manager keeps its cache."""


def _find(scene: Scene) -> Iterator[Finding]:
    placed = {path: place for place in _PLACES for path in _at(scene, place)}
    for path, place in {**_told(scene), **placed}.items():
        yield from _found(scene, path, place)


def _at(scene: Scene, place: _Place) -> Iterator[str]:
    for path in scene.listing.directories_named.get(place.tail.rpartition("/")[2], ()):
        if _stands_at(scene, path, place):
            yield path


def _told(scene: Scene) -> dict[str, _Place]:
    """The caches that the image's environment says to be elsewhere, where their name says so too."""
    told = {pointer.target: _VARIABLES.get(pointer.source.rpartition(" ")[2]) for pointer in _configured(scene)}
    return {path: _Place(by, path) for path, by in told.items() if by and ("cache" in path.lower() or by in path)}


def _configured(scene: Scene) -> Iterator[Pointer]:
    return (pointer for pointer in scene.ask(POINTED_AT) if pointer.configured)


def _stands_at(scene: Scene, path: str, place: _Place) -> bool:
    if not f"/{path}".endswith(f"/{place.tail}"):
        return False
    if not place.beside:
        return True
    beside = "/".join((*path.split("/")[:-1], place.beside))
    return next(scene.listing.under(beside), None) is not None


def _found(scene: Scene, path: str, place: _Place) -> Iterator[Finding]:
    paths = tuple(_children(scene, path)) if place.keep_directory else (path,)
    first = next((entry for entry in scene.listing.under(path) if entry.size), None)
    if first is None or is_packaged(scene, first.path):
        return
    if not any(_uses(pointer, place) for pointer in pointers_into(scene, path)):
        yield finding(scene, RULE.name, Group(owner_name(scene, path), paths), _waste(path, place))


def _uses(pointer: Pointer, place: _Place) -> bool:
    """Whether what points into the cache uses what is in it, and does not only say where the cache is."""
    named = place.models or "CACHE" in pointer.source or pointer.source.rpartition(" ")[2] in _VARIABLES
    return not (pointer.configured and named)


def _children(scene: Scene, path: str) -> Iterator[str]:
    """The files anywhere under the path: the directories are the package manager's and stay."""
    for entry in scene.listing.under(path):
        if entry.size and not is_packaged(scene, entry.path):
            yield entry.path


def _waste(path: str, place: _Place) -> Waste:
    if place.models:
        return Waste(
            f"kept by {place.manager}; the models in use may live here",
            (
                Evidence(
                    f"{place.manager} downloads here what the program loads: remove by hand what it does not", path
                ),
            ),
            Confidence.POSSIBLE,
            Safety.SUGGESTED,
        )
    evidence = Evidence(f"{place.manager} keeps its downloads here and reads them at the next install only", path)
    return Waste(f"downloads kept by {place.manager}", (evidence,), Confidence.CERTAIN, Safety.SAFE)


RULE: Rule = Rule("package-caches", "downloads that package managers keep", Safety.SUGGESTED, _find)
