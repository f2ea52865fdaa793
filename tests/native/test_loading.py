from pathlib import Path

import pytest

from builders.elves import PROGRAM, Blueprint, built, compiled, damaged, text, written
from deadweight.native.elf import LOAD, elf_layout
from deadweight.native.loading import Loader, host_loader
from deadweight.native.strip import strip

MISCHIEF = '#include <stdio.h>\n__attribute__((constructor)) static void run(void) { fclose(fopen("ran", "w")); }\n'


@pytest.fixture
def loader() -> Loader:
    found = host_loader()
    if found is None:
        pytest.skip("needs a loader that can list")
    return found


def test_a_stripped_library_loads_as_the_original_does(loader: Loader, tmp_path: Path) -> None:
    original = written(tmp_path / "original.so", compiled())
    strip(original, tmp_path / "stripped.so")
    assert loader.outcome(original) == loader.outcome(tmp_path / "stripped.so")
    assert loader.outcome(original).startswith("0: ")


def test_a_segment_off_its_page_is_seen_as_gnu_strip_leaves_it(loader: Loader, tmp_path: Path) -> None:
    """numpy 2.4, scipy_openblas64: the library that GNU strip makes unloadable."""
    body = compiled()
    with written(tmp_path / "whole.so", body).open("rb") as stream:
        layout = elf_layout(stream, len(body))
    assert layout is not None
    place = [one.kind for one in layout.segments].index(LOAD)
    at = layout.header.segments_at + place * layout.header.segment_size
    broken = written(tmp_path / "broken.so", damaged(body, at + 16, "<Q", layout.segments[place].address + 8))
    assert "aligned" in loader.outcome(broken)
    assert loader.outcome(broken) != loader.outcome(tmp_path / "whole.so")


def test_no_code_of_the_library_is_run(loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library = written(tmp_path / "library.so", compiled(MISCHIEF))
    assert loader.outcome(library).startswith("0: ")
    assert not (tmp_path / "ran").exists()


def test_a_library_that_is_missing_a_need_says_so_and_the_same_after_stripping(loader: Loader, tmp_path: Path) -> None:
    flags = ("-shared", "-fPIC", "-g", "-Wl,--no-as-needed", "-l:libm.so.6")
    body = compiled(flags=flags).replace(b"libm.so.6", b"libX.so.6")
    original = written(tmp_path / "original.so", body)
    strip(original, tmp_path / "stripped.so")
    assert "libX.so.6" in loader.outcome(original)
    assert loader.outcome(original) == loader.outcome(tmp_path / "stripped.so")


def test_what_is_no_library_says_so(loader: Loader, tmp_path: Path) -> None:
    assert not loader.outcome(written(tmp_path / "text", b"hello")).startswith("0: ")
    assert not loader.outcome(tmp_path / "nothing").startswith("0: ")


def test_it_fits_files_of_this_machine_alone(loader: Loader, tmp_path: Path) -> None:
    body = compiled()
    assert loader.fits(written(tmp_path / "ours.so", body))
    assert not loader.fits(written(tmp_path / "foreign.so", damaged(body, 18, "<H", 0xF7)))
    assert not loader.fits(written(tmp_path / "big.so", built(Blueprint((text(),), 1, 64, ">"))))
    assert not loader.fits(written(tmp_path / "text", b"hello"))


def test_a_static_program_names_no_loader(tmp_path: Path) -> None:
    assert host_loader(written(tmp_path / "static", compiled(PROGRAM, ("-static",)))) is None


def test_a_dynamic_program_names_the_loader_that_runs_it(tmp_path: Path) -> None:
    found = host_loader(written(tmp_path / "program", compiled(PROGRAM, ())))
    assert found is not None
    assert Path(found.path).name.startswith("ld")
