"""What programs expect of a system besides libraries: accounts, certificates, time zones, a place for files."""

from __future__ import annotations

from deadweight.formats.composed.pieces import made_directory, made_file
from deadweight.pipeline.scratch.gathering import Gathering

_PASSWD = b"root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n"
_GROUP = b"root:x:0:\nnogroup:x:65534:\n"
_NSSWITCH = b"passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nservices: files\n"
_HOSTS = b"127.0.0.1\tlocalhost\n::1\tlocalhost\n"
_MADE = {"etc/passwd": _PASSWD, "etc/group": _GROUP, "etc/nsswitch.conf": _NSSWITCH, "etc/hosts": _HOSTS}
_DIRECTORIES = {
    "tmp": 0o1777,
    "var/tmp": 0o1777,
    "root": 0o755,
    "run": 0o755,
    "proc": 0o555,
    "sys": 0o555,
    "dev": 0o755,
}
_TAKEN = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/usr/lib/ssl/certs",
    "/usr/lib/ssl/cert.pem",
    "/usr/lib/ssl/openssl.cnf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/os-release",
    "/etc/mime.types",
    "/etc/protocols",
    "/etc/services",
)
_TAKEN_WHOLE = ("/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8", "/usr/share/zoneinfo")
_ZONES_AGAIN = ("/usr/share/zoneinfo/posix", "/usr/share/zoneinfo/right")


def take_system_files(gathering: Gathering) -> None:
    """Take the host's certificates, zones and the C locale, and make the rest."""
    for path, body in _MADE.items():
        gathering.put(made_file(path, body))
    for path, mode in _DIRECTORIES.items():
        gathering.put(made_directory(path, mode))
    for path in _TAKEN:
        gathering.take(path)
    for path in _TAKEN_WHOLE:
        gathering.take_all(path, _ZONES_AGAIN.__contains__)
