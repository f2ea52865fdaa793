"""A registry on the loopback, and what it holds."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders.journeys import run

_CONFIG = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: "{room}/data"}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


@contextmanager
def registry(room: Path) -> Iterator[str]:
    """Where a registry of Debian's docker-registry listens, `host:port`; it goes when the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (room / "config.yml").write_text(_CONFIG.format(room=room, port=port))
    with (room / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", room / "config.yml"], stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def pushed(image: str, place: str) -> int:
    """Push an image as skopeo names it; gives the bytes of configuration and layers that the registry then has."""
    run("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", image, f"docker://{place}")
    manifest = json.loads(run("skopeo", "inspect", "--raw", "--tls-verify=false", f"docker://{place}"))
    sizes = {layer["digest"]: layer["size"] for layer in (manifest["config"], *manifest["layers"])}
    return sum(sizes.values())


def pulled(place: str, out: Path) -> int:
    """Pull an image into a folder; gives the bytes of its blobs as they came."""
    run("skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", f"docker://{place}", f"dir:{out}")
    return sum(path.stat().st_size for path in out.iterdir() if path.name not in ("manifest.json", "version"))


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            pytest.skip("docker-registry does not start here")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.skip("docker-registry does not answer here")
