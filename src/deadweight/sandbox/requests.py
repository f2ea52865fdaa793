"""One HTTP request to the program, and what it answered."""

from __future__ import annotations

import http.client
import time

from deadweight.core.probe import Observation, Probe, ProbeKind
from deadweight.sandbox.capture import Capture

_LOOPBACKS = ("127.0.0.1", "::1")


def request(probe: Probe, port: int) -> Observation:
    """Send the probe's request; redirects are not followed, bodies not decompressed."""
    began = time.monotonic()
    try:
        return _exchange(probe, port, began)
    except (OSError, http.client.HTTPException, ValueError) as error:
        seconds = time.monotonic() - began
        return Observation(probe.name, -1, seconds=seconds, error=f"no answer: {type(error).__name__}: {error}")


def answers(port: int, seconds: float) -> bool:
    """Whether the port gives an HTTP answer of any status to GET / within so many seconds."""
    return request(Probe("ready", kind=ProbeKind.REQUEST, timeout=seconds), port).status > 0


def _exchange(probe: Probe, port: int, began: float) -> Observation:
    connection = _connect(port, probe.timeout)
    try:
        body = probe.body.encode() if probe.body else None
        connection.request(probe.method, probe.path, body=body, headers=dict(probe.headers))
        response = connection.getresponse()
        whole = Capture()
        error = _read(response, whole, began + probe.timeout)
    finally:
        connection.close()
    kind = response.getheader("Content-Type", "")
    seconds = time.monotonic() - began
    return Observation(probe.name, response.status, whole.text(), whole.digest(), kind, seconds, error)


def _connect(port: int, timeout: float) -> http.client.HTTPConnection:
    for loopback in _LOOPBACKS:
        connection = http.client.HTTPConnection(loopback, port, timeout=timeout)
        try:
            connection.connect()
        except OSError:
            if loopback == _LOOPBACKS[-1]:
                raise
        else:
            return connection
    raise AssertionError("unreachable: the last address raises")


def _read(response: http.client.HTTPResponse, whole: Capture, deadline: float) -> str:
    while piece := response.read1(1 << 16):
        whole.add(piece)
        if time.monotonic() > deadline:
            return "the answer had not ended when the time was up"
    return f"the answer ended {response.length} bytes too early" if response.length else ""
