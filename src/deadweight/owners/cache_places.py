"""Where tools keep their caches, by the names of directories."""

from __future__ import annotations

from types import MappingProxyType

SYSTEM_PLACES = MappingProxyType(
    {
        "etc/apk/cache": "apk",
        "var/cache/apk": "apk",
        "var/cache/apt": "apt archives",
        "var/cache/debconf": "debconf",
        "var/cache/dnf": "dnf",
        "var/cache/fontconfig": "fontconfig",
        "var/cache/ldconfig": "ldconfig",
        "var/cache/libdnf5": "dnf",
        "var/cache/man": "man-db",
        "var/cache/pacman/pkg": "pacman",
        "var/cache/yum": "yum",
        "var/cache/zypp": "zypper",
        "var/lib/apt/lists": "apt lists",
    }
)
"""Directories of the system with the name of their cache."""

FOLDERS = MappingProxyType(
    {
        ".eggs": "setuptools",
        ".gradle": "gradle",
        ".hypothesis": "hypothesis",
        ".ipynb_checkpoints": "jupyter",
        ".mypy_cache": "mypy",
        ".npm": "npm",
        ".nox": "nox",
        ".parcel-cache": "parcel",
        ".pyre": "pyre",
        ".pytest_cache": "pytest",
        ".pytype": "pytype",
        ".ruff_cache": "ruff",
        ".tox": "tox",
        ".turbo": "turbo",
        "_cacache": "npm",
    }
)
"""Names of directories, anywhere, with the name of their cache."""

HOME_PLACES = MappingProxyType(
    {
        ".bun/install/cache": "bun",
        ".cargo/registry": "cargo",
        ".conda/pkgs": "conda",
        ".local/share/pnpm/store": "pnpm",
        ".m2/repository": "maven",
        ".nuget/packages": "nuget",
        ".nv/ComputeCache": "cuda",
        ".triton/cache": "triton",
        "go/pkg/mod": "go",
    }
)
"""Directories in the home of whoever used the tool, with the name of their cache."""

HOME_NAMES = MappingProxyType(
    {
        "go-build": "go",
        "huggingface": "hugging face",
        "ms-playwright": "playwright",
        "pypoetry": "poetry",
        "torch_extensions": "torch",
    }
)
"""What lies in a `.cache` directory (XDG base directories) and is not called as its tool is."""

SHAPES = (
    ("http-v2", "selfcheck", "pip"),
    ("wheels", "http", "pip"),
    ("wheels-v6", "archive-v0", "uv"),
    ("v6", "files", "yarn"),
)
"""Two directories that lie side by side in a cache, wherever it was told to be, with the name of the cache."""
