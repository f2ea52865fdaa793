"""`--codec` names a compression, and behind a colon how hard it works; SOURCE_DATE_EPOCH is of seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.stacks import layout_of
from deadweight.cli.program import run


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("zstd:23", "from 1 to 22"),
        ("gzip:0", "1 to 9"),
        ("store:1", "no levels"),
        ("zip:6", "There are"),
        ("lz4", "There are"),
    ],
)
def test_a_level_that_a_codec_lacks_is_refused(
    said: str, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = layout_of(tmp_path / "image", [[("app/notes.txt", b"x")]])
    assert run(["slim", str(image), "-o", str(tmp_path / "out"), "--codec", said]) != 0
    assert advice in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("form", "codec", "advice"),
    [
        ("directory", "gzip", "write an archive"),
        ("zip", "zstd", "gzip, store"),
        ("oci-layout", "xz", "gzip, store, zstd"),
    ],
)
def test_a_codec_that_the_result_is_not_packed_with_is_told_of_the_result_by_its_name(
    form: str, codec: str, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "notes.txt").write_text("x")
    words = ["slim", str(tmp_path / "app"), "-o", str(tmp_path / "out"), "--to", form, "--codec", codec]
    assert run([*words, "--run", "false", "--probe", "imports"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"{tmp_path / 'out'}: a {form} is not packed with {codec}" in said
    assert advice in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app"]


def test_a_higher_level_packs_what_is_written_anew_smaller(tmp_path: Path) -> None:
    body = b"".join(f"{number * number} {number % 97}\n".encode() for number in range(60_000))
    files = [("app/table.txt", body), ("app/old.txt.bak", body[:5000]), ("app/__pycache__/a.cpython-311.pyc", b"x")]
    image = layout_of(tmp_path / "image", [[*files, ("app/a.py", b"")]])
    sizes = []
    for level in (1, 19):
        out = tmp_path / f"out{level}"
        assert run(["slim", str(image), "-o", str(out), "--codec", f"zstd:{level}", "--quiet"]) == 0
        sizes.append(sum(path.stat().st_size for path in out.rglob("*") if path.is_file()))
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("value", ["yesterday", "-5", "1e9", "1.5"])
def test_a_wrong_source_date_epoch_is_a_usage_error(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    image = layout_of(tmp_path / "image", [[("app/notes.txt", b"x")]])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert run(["slim", str(image), "-o", str(tmp_path / "out")]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err
