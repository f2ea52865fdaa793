"""What the journeys share: one image of a service, and a docker daemon of our own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from builders.journeys import docker_archive, need, service_image


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image of Debian with a Flask service, as an OCI layout made by umoci."""
    need("mmdebstrap", "umoci", "git")
    return service_image(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def archive(layout: Path) -> Path:
    """The same image as a docker archive, made by skopeo."""
    need("skopeo")
    return docker_archive(layout, layout.parent / "app.tar")


@pytest.fixture(scope="session")
def docker() -> Iterator[tuple[str, ...]]:
    """The words that begin a docker command; the daemon keeps all that is its own in a folder that goes."""
    need("dockerd", "docker")
    with TemporaryDirectory(prefix="deadweight-docker-") as room:
        host = f"unix://{room}/docker.sock"
        words = ["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"]
        words += ["--data-root", f"{room}/data", "--exec-root", f"{room}/exec", "--pidfile", f"{room}/pid", "-H", host]
        with Path(room, "log").open("wb") as log:
            daemon = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            if not _answers(("docker", "-H", host), daemon):
                pytest.skip(f"dockerd does not start here: {Path(room, 'log').read_text()[-400:]}")
            yield ("docker", "-H", host)
        finally:
            daemon.terminate()
            daemon.wait(30)
            shutil.rmtree(Path(room, "data"), ignore_errors=True)


def _answers(words: tuple[str, ...], daemon: subprocess.Popen[bytes]) -> bool:
    for _ in range(60):
        if subprocess.run([*words, "info"], capture_output=True, check=False).returncode == 0:
            return daemon.poll() is None
        if daemon.poll() is not None:
            return False
        time.sleep(0.5)
    return False
