from __future__ import annotations

import json
from pathlib import Path

import pytest

from deadweight.core.errors import UsageError
from deadweight.core.probe import Probe, ProbeKind
from deadweight.proof.probes import parse_probes


def parsed(spec: str, base: Path = Path()) -> Probe:
    return parse_probes([spec], base)[0]


def written(folder: Path, content: object) -> tuple[Probe, ...]:
    (folder / "probes.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return parse_probes(["@probes.json"], folder)


def test_a_request_is_a_method_and_a_path() -> None:
    probe = parsed("GET /health?full=1")
    assert (probe.kind, probe.method, probe.path, probe.expect) == (ProbeKind.REQUEST, "GET", "/health?full=1", 0)
    assert (probe.name, probe.headers, probe.body) == ("GET /health?full=1", {}, "")


def test_an_expected_status_stands_behind_an_arrow() -> None:
    assert (parsed("GET /x -> 404").expect, parsed("GET /x -> 404").path) == (404, "/x")
    assert parsed("command: exit 3 -> 3").command == "exit 3"


def test_a_json_body_follows_the_path_and_brings_its_content_type() -> None:
    probe = parsed('POST /embed {"texts": ["a b", "->"]} -> 201')
    assert json.loads(probe.body) == {"texts": ["a b", "->"]}
    assert probe.headers == {"Content-Type": "application/json"}
    assert probe.expect == 201


def test_a_path_beyond_ascii_is_quoted() -> None:
    assert parsed("GET /größe?q=ü%20x").path == "/gr%C3%B6%C3%9Fe?q=%C3%BC%20x"


def test_both_spellings_of_a_command_are_known() -> None:
    assert parsed("cmd: python -c 'import app'").command == parsed("command: python -c 'import app'").command


def test_imports_may_name_their_modules() -> None:
    assert parsed("imports").modules == ()
    assert parsed("imports: numpy, torch.nn").modules == ("numpy", "torch.nn")


@pytest.mark.parametrize("spec", ["", "/health", "get /x", "GET x", "FETCH /x", "import x"])
def test_anything_else_is_no_probe_and_the_message_shows_what_is(spec: str) -> None:
    with pytest.raises(UsageError, match=r"is no probe\n.*GET /path"):
        parsed(spec)


def test_a_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(UsageError, match=r"POST /x \{oops\}: the body is no JSON"):
        parsed("POST /x {oops}")


def test_a_file_holds_every_field_of_a_probe(tmp_path: Path) -> None:
    request = {
        "name": "embed",
        "method": "post",
        "path": "/embed",
        "headers": {"X-Key": "k"},
        "body": {"texts": ["ä"]},
        "expect": 200,
        "tolerance": 1e-5,
        "ignore": ["took", "items.*.id"],
        "timeout": 3,
    }
    probes = written(tmp_path, [request, {"command": "cat", "body": "in"}, {"imports": True}, {"imports": ["a", "b"]}])
    embed, cat, sweep, two = probes
    assert (embed.name, embed.method, embed.path, embed.expect) == ("embed", "POST", "/embed", 200)
    assert embed.headers == {"Content-Type": "application/json", "X-Key": "k"}
    assert json.loads(embed.body) == {"texts": ["ä"]}
    assert (embed.tolerance, embed.ignore, embed.timeout) == (1e-5, ("took", "items.*.id"), 3)
    assert (cat.kind, cat.command, cat.body) == (ProbeKind.COMMAND, "cat", "in")
    assert (sweep.kind, sweep.modules, two.modules) == (ProbeKind.IMPORTS, (), ("a", "b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a list of probes"),
        ("\xff", "not a list of probes"),
        ({"path": "/"}, "Expected `array`, got `object`"),
        ([{"path": "/x"}, {"path": "/", "retries": 3}], r"unknown field `retries` - at `\$\[1\]`"),
        ([{"path": "/", "expect": "200"}], r"Expected `int`, got `str` - at `\$\[0\].expect`"),
        ([{"path": "/x"}, {}], r"\$\[1\]: a probe has exactly one of"),
        ([{"path": "/x", "command": "ls"}], r"\$\[0\]: a probe has exactly one of"),
        ([{"path": "x"}], "a path starts with '/'"),
        ([{"path": "/x", "method": "FETCH"}], "FETCH /x is no request"),
        ([{"path": "/x", "timeout": 0}], "timeout must be above 0"),
        ([{"path": "/x", "tolerance": -1}], "tolerance not below 0"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        written(tmp_path, content)
    assert "probes.json" in caught.value.where


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent.json: the probes cannot be read: No such file"):
        parse_probes(["@absent.json"], tmp_path)


def test_every_probe_has_a_short_name_of_its_own() -> None:
    long = "GET /" + "x" * 300
    names = [probe.name for probe in parse_probes(["GET /", "GET /", "GET /", long, long], Path())]
    assert names[:3] == ["GET /", "GET / (2)", "GET / (3)"]
    assert len(set(names)) == 5
    assert max(map(len, names)) < 100
