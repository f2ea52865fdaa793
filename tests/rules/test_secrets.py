from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from builders.scenes import artifact_of, distribution_files, entry_of
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry
from deadweight.core.finding import Confidence
from deadweight.core.inventory import Cause, Shadow
from deadweight.rules.secrets import RULE

SECRET = "hunter2hunter2"
ALL = 1 << 20


def _key(label: str) -> bytes:
    return f"-----BEGIN {label}-----\n{SECRET}\n-----END {label}-----\n".encode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("root/.ssh/id_rsa", _key("OPENSSH PRIVATE KEY")),
        ("app/server.key", _key("RSA PRIVATE KEY")),
        ("app/anything.txt", _key("PRIVATE KEY")),
        ("etc/ssh/ssh_host_ed25519_key", _key("OPENSSH PRIVATE KEY")),
        ("app/signing.asc", _key("PGP PRIVATE KEY BLOCK")),
        ("app/.env", f"DEBUG=1\nOPENAI_API_KEY={SECRET}\n".encode()),
        ("app/.env.production", f"export DB_PASSWORD='{SECRET}'\n".encode()),
        ("root/.npmrc", f"//registry/:_authToken={SECRET}\n".encode()),
        ("root/.pypirc", f"[pypi]\nusername = __token__\npassword = {SECRET}\n".encode()),
        ("root/.netrc", f"machine x login y password {SECRET}\n".encode()),
        ("root/.aws/credentials", f"[default]\naws_secret_access_key = {SECRET}\n".encode()),
        ("root/.docker/config.json", f'{{"auths": {{"x": {{"auth": "{SECRET}"}}}}}}'.encode()),
        ("root/.kube/config", f"users:\n- user:\n    token: {SECRET}\n".encode()),
        ("app/.git/config", f"[remote]\nurl = https://me:{SECRET}@host/x.git\n".encode()),
        ("root/.cache/huggingface/token", SECRET.encode()),
    ],
)
def test_finds_secrets_and_never_says_them(path: str, body: bytes) -> None:
    (finding,) = found_by(RULE, {path: body}, reads=len(body))
    assert finding.paths == (path,)
    assert finding.safety is Safety.SUGGESTED
    assert finding.confidence is Confidence.LIKELY
    assert SECRET[:5] not in repr(finding)


def test_finds_a_key_that_a_later_instruction_deleted() -> None:
    body = _key("RSA PRIVATE KEY")
    shadow = Shadow(entry_of("root/.ssh/id_rsa", body), Cause.REMOVED_FILE, 1)
    (finding,) = found_by(RULE, artifact_of({"app/x": b""}, [(shadow, body)]), reads=len(body))
    assert "still stored in layer 0" in finding.says
    assert finding.edits[0].layer == 0
    assert finding.safety is Safety.SUGGESTED


def test_finds_the_keys_of_tests_as_possible_ones() -> None:
    (finding,) = found_by(RULE, {"app/tests/server.key": _key("PRIVATE KEY")}, reads=ALL)
    assert finding.confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("etc/ssl/certs/ca.pem", _key("CERTIFICATE")),
        ("app/key.pub.pem", _key("PUBLIC KEY")),
        ("app/key.asc", _key("PGP PUBLIC KEY BLOCK")),
        ("app/rsa.pem", _key("RSA PUBLIC KEY")),
        ("app/.env.example", b"API_KEY=put-yours-here\n"),
        ("app/.env", b"DEBUG=1\nPORT=8000\n"),
        ("app/.env", b"API_KEY=${API_KEY}\n"),
        ("root/.npmrc", b"registry=https://registry/\n//registry/:_authToken=${NPM_TOKEN}\n"),
        ("root/.docker/config.json", b'{"credsStore": "desktop"}'),
        ("app/.git/config", b"[remote]\nurl = https://host/x.git\n"),
        ("app/credentials.json", b'{"fields": ["user", "password"]}'),
    ],
)
def test_leaves_what_holds_no_secret(path: str, body: bytes) -> None:
    assert found_by(RULE, {path: body}, reads=len(body)) == ()


def test_leaves_the_keys_that_a_package_ships_to_everybody_unread() -> None:
    files = distribution_files("lib/site-packages", "tornado", files={"tornado/test/test.key": _key("PRIVATE KEY")})
    assert found_by(RULE, files, reads=0) == ()


def test_leaves_a_large_file_unread_and_reads_no_file_of_another_name() -> None:
    large: dict[str, bytes | Entry] = {"app/x": entry_of("app/x", _key("PRIVATE KEY"), size=1 << 20)}
    assert found_by(RULE, {**large, "app/main.py": b"API_KEY=1234567"}, reads=0) == ()


def test_finds_each_file_by_itself() -> None:
    files = {f"app/{name}.pem": _key("EC PRIVATE KEY") for name in "abc"}
    findings = found_by(RULE, files, reads=ALL)
    assert len(findings) == 3
    assert paths_of(findings) == set(files)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen makes the keys of this test")
@pytest.mark.parametrize("form", ["RFC4716", "PKCS8", "PEM"])
def test_finds_the_private_half_of_what_ssh_keygen_makes(tmp_path: Path, form: str) -> None:
    command = ["ssh-keygen", "-q", "-t", "ecdsa", "-m", form, "-N", "", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    assert paths_of(found_by(RULE, tree_of(tmp_path), reads=ALL)) == {"key"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the keys of this test")
def test_leaves_the_public_half_of_what_openssl_makes(tmp_path: Path) -> None:
    private, public = str(tmp_path / "private"), str(tmp_path / "public")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    assert paths_of(found_by(RULE, tree_of(tmp_path), reads=ALL)) == {"private"}
