"""Secrets that travel with the artifact.

Why it weighs
-------------
A private key weighs a kilobyte and costs more than all the rest. It was copied in with the project, or needed by one
instruction of the build and deleted by the next, which leaves it in the lower layer for everybody who pulls.

Evidence
--------
Private keys by their first line, wherever they lie and whatever they are called; files that hold credentials by name
(.env, .netrc, .pypirc, .aws/credentials, ...), where it can be told also by what they hold. Files of the visible tree
and hidden ones of lower layers. Left are certificates, public keys, templates (.env.example) and what an installed
package recorded. Neither a finding nor the report ever holds any part of a secret.

Edit
----
Always a suggestion: the program may need the secret, and taking it out of the artifact does not take it back. Change
it.

Source
------
RFC 7468 (labels of PEM files), CWE-538, the documentation of each tool on where it keeps credentials.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.places import is_fixture
from deadweight.rules.reporting import is_packaged, owner_name

_LARGEST = 64 * 1024
_PEM = b"-----BEGIN "
_KEY_HEADS = (_PEM, b"PuTTY-User-Key-F", b"AGE-SECRET-KEY-1")
_PRIVATE = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-|AGE-SECRET-KEY-1")
_VARIABLE = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?\w*(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL)\w*"
    rb"[ \t]*[=:][ \t]*['\"]?[^\s'\"#$<{]{4,}",
    re.IGNORECASE | re.MULTILINE,
)
_NPM_TOKEN = re.compile(rb"_(?:authToken|auth|password)[ \t]*=[ \t]*[^\s$]{4,}")
_PASSWORD = re.compile(rb"(?im)^[ \t]*(?:password|token)[ \t]*[=:][ \t]*[^\s$]{4,}")
_MACHINE = re.compile(rb"\bpassword[ \t\n]+\S+")
_URL = re.compile(rb"https?://[^/\s:@]+:[^/\s@]+@")
_JSON_KEY = re.compile(rb'"(?:private_key|auth|identitytoken|refresh_token|client_secret)"[ \t]*:[ \t]*"[^"]{4,}"')
_YAML_KEY = re.compile(rb"(?m)^\s*(?:client-key-data|token|password|oauth_token)[ \t]*:[ \t]*\S{4,}")
_ANYTHING = re.compile(rb"\S{8,}")
_ENVIRONMENT = re.compile(r"(?:.*/)?\.env(?:\.(?!example|sample|template|dist|defaults?|test|ci)[\w-]+)?")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tool keeps credentials: how the path ends, what they are, and how they look."""

    tail: str
    says: str
    looks: re.Pattern[bytes]


_PLACES = (
    _Place(".npmrc", "token of an npm registry", _NPM_TOKEN),
    _Place(".yarnrc.yml", "token of an npm registry", re.compile(rb"npmAuth(?:Token|Ident)[ \t]*:[ \t]*\S{4,}")),
    _Place(".pypirc", "password of a Python index", _PASSWORD),
    _Place("pip.conf", "password of a Python index", _URL),
    _Place(".netrc", "password of a server", _MACHINE),
    _Place(".git-credentials", "password of a git server", _URL),
    _Place(".git/config", "password of a git server", _URL),
    _Place(".pgpass", "password of a database", _ANYTHING),
    _Place(".my.cnf", "password of a database", _PASSWORD),
    _Place(".aws/credentials", "access key of AWS", re.compile(rb"aws_secret_access_key[ \t]*=[ \t]*\S{8,}")),
    _Place(".docker/config.json", "password of a registry", _JSON_KEY),
    _Place(".kube/config", "credentials of a Kubernetes cluster", _YAML_KEY),
    _Place("kubeconfig", "credentials of a Kubernetes cluster", _YAML_KEY),
    _Place("application_default_credentials.json", "credentials of Google Cloud", _JSON_KEY),
    _Place("credentials.json", "credentials of a service", _JSON_KEY),
    _Place(".cargo/credentials.toml", "token of a Cargo registry", re.compile(rb"token[ \t]*=[ \t]*\S{8,}")),
    _Place(".config/gh/hosts.yml", "token of GitHub", _YAML_KEY),
    _Place(".cache/huggingface/token", "token of Hugging Face", _ANYTHING),
    _Place(".huggingface/token", "token of Hugging Face", _ANYTHING),
    _Place("kaggle.json", "key of Kaggle", re.compile(rb'"key"[ \t]*:[ \t]*"\S{8,}"')),
    _Place("secrets.toml", "secrets of Streamlit or Dynaconf", _VARIABLE),
)
_ENDINGS = (".env", *(place.tail for place in _PLACES))
_KEY = _Place("", "private key", _PRIVATE)
_VARIABLES = _Place("", "variables called as secrets are", _VARIABLE)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An entry that may hold a secret, how it would look, and whether a higher layer hides the entry."""

    entry: Entry
    place: _Place
    hidden: bool


def _find(scene: Scene) -> Iterator[Finding]:
    suspects = {(one.entry.layer, one.entry.path): one for one in _suspects(scene)}
    wanted = [one.entry for one in suspects.values()]
    for entry, body in scene.artifact.contents.stream(wanted) if wanted else ():
        suspect = suspects[entry.layer, entry.path]
        if suspect.place.looks.search(body.read(_LARGEST)):
            yield _finding(scene, suspect)


def _suspects(scene: Scene) -> Iterator[_Suspect]:
    hidden = tuple(shadow.entry for shadow in scene.artifact.inventory.shadowed)
    for entries, is_hidden in ((scene.listing.entries, False), (hidden, True)):
        for entry in _candidates(entries):
            place = _place(entry)
            if place is not None and not is_packaged(scene, entry.path):
                yield _Suspect(entry, place, is_hidden)


def _candidates(entries: Iterable[Entry]) -> list[Entry]:
    """The small files that start like a key or are called like what holds credentials."""
    return [
        entry
        for entry in entries
        if 0 < entry.size <= _LARGEST
        and (entry.head.startswith(_KEY_HEADS) or entry.path.endswith(_ENDINGS) or "/.env." in "/" + entry.path)
    ]


def _place(entry: Entry) -> _Place | None:
    if entry.kind is not Kind.FILE:
        return None
    if entry.head.startswith(_KEY_HEADS):
        return None if entry.head.startswith(b"-----BEGIN CERT") else _KEY
    if _ENVIRONMENT.fullmatch(entry.path):
        return _VARIABLES
    return next((place for place in _PLACES if f"/{entry.path}".endswith(f"/{place.tail}")), None)


def _finding(scene: Scene, suspect: _Suspect) -> Finding:
    entry, place = suspect.entry, suspect.place
    says = f"{place.says}, hidden and still stored in layer {entry.layer}" if suspect.hidden else place.says
    owner = f"layer {entry.layer}" if suspect.hidden else owner_name(scene, entry.path)
    kind, layer = ("merge", entry.layer) if suspect.hidden else ("remove", None)
    return Finding(
        RULE.name,
        owner,
        says,
        (entry.path,),
        entry.size,
        entry.stored,
        (Evidence(f"{place.says}: by its place and how it looks; what it holds is not shown", entry.path),),
        Confidence.POSSIBLE if is_fixture(entry.path) else Confidence.LIKELY,
        (Edit(kind, (entry.path,), Safety.SUGGESTED, RULE.name, says, owner, layer),),
    )


RULE: Rule = Rule("secrets", "keys and credentials that travel along", Safety.SUGGESTED, _find)
