"""Builds an image as its Dockerfile says, on a base like python:3.11 that is made from Debian's packages.

No registry is needed: mmdebstrap makes the base, buildah runs the Dockerfile.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# What the Dockerfiles of buildpack-deps and python name, whose image most Dockerfiles start FROM.
SOURCES = """ca-certificates curl gnupg netbase sq wget tzdata git mercurial openssh-client subversion procps
    autoconf automake bzip2 default-libmysqlclient-dev dpkg-dev file g++ gcc imagemagick libbz2-dev libc6-dev
    libcurl4-openssl-dev libdb-dev libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev libkrb5-dev
    liblzma-dev libmagickcore-dev libmagickwand-dev libmaxminddb-dev libncurses5-dev libncursesw5-dev libpng-dev
    libpq-dev libreadline-dev libsqlite3-dev libssl-dev libtool libwebp-dev libxml2-dev libxslt1-dev libyaml-dev make
    patch unzip xz-utils zlib1g-dev python3 python3-pip python3-venv python3-dev python-is-python3"""
BASE = "localhost/python:3.11"
TAG = "localhost/naive:latest"
NEEDED = ("mmdebstrap", "buildah")


def build_image(app: Path, out: Path, say: Callable[[str], None], *, wheels: bool = False) -> None:
    """Build the image of the folder `app` as an OCI layout at `out`, its layers compressed as a registry has them.

    The base is kept beside `out`, for the next one. With `wheels` pip finds those too that this machine's settings of
    pip name (`find-links`): builds of torch for the processor, which its usual index does not have.
    """
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} are not installed: apt install {' '.join(missing)} (as root)")
    work = out.with_name(f"{out.name}.work")
    store = ["buildah", "--root", str(work / "store"), "--runroot", str(work / "run")]
    try:
        work.mkdir(parents=True, exist_ok=True)
        say("making the base from Debian's packages, the list is that of python:3.11 (about two minutes)")
        base = out.with_name("base.tar")
        if not base.is_file():
            _base(base)
        (work / "Dockerfile").write_text(f'FROM scratch\nADD {base.name} /\nCMD ["python3"]\n')
        os.link(base, work / base.name)
        _run(*store, "build", "--tag", BASE, str(work))
        say("running its Dockerfile (some minutes)")
        _run(*store, "build", "--layers", "--isolation", "chroot", *_mounts(wheels=wheels), "--tag", TAG, str(app))
        say("pushing it: layers compressed with gzip, as docker push does")
        half = out.with_name(out.name + ".building")
        shutil.rmtree(half, ignore_errors=True)
        _run(*store, "push", "--format", "oci", TAG, f"oci:{half}:latest")
        shutil.rmtree(out, ignore_errors=True)
        half.rename(out)
    finally:
        _run(*store, "rmi", "--all", "--force", check=False)
        shutil.rmtree(work, ignore_errors=True)


def _base(base: Path) -> None:
    half = base.with_suffix(".building.tar")
    half.unlink(missing_ok=True)
    names = ",".join(SOURCES.split())
    _run("mmdebstrap", "--variant=minbase", f"--include={names}", "bookworm", str(half))
    half.rename(base)


def _mounts(*, wheels: bool) -> list[str]:
    """How pip gets at its index on this machine; seen while the image is built, no part of it."""
    places = [(place, place) for place in ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")]
    if wheels:
        places += [(place, place) for place in _folders_of_wheels()]
        places.append((str(Path("~/.config/pip/pip.conf").expanduser()), "/etc/xdg/pip/pip.conf"))
    return [f"--volume={here}:{there}:ro" for here, there in places if Path(here).exists()]


def _folders_of_wheels() -> list[str]:
    words = [sys.executable, "-m", "pip", "config", "get", "global.find-links"]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return [word for word in said.split() if word.startswith("/")]


def _run(*words: str, check: bool = True) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if check and done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
