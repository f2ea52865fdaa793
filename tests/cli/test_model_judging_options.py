"""The options that say what a model is judged by: what is not there is named, whichever command is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.checkpoints import of_safetensors
from deadweight.cli.program import run

_STEPS = {
    "squeeze": ("{model}", "-o", "out.safetensors"),
    "compare": ("{model}", "{model}", "--no-timing"),
    "prune": ("{model}", "-o", "out.safetensors", "--amount", "0.1"),
    "quantize": ("{model}", "-o", "out.safetensors", "--method", "weight-only"),
}


def _words(step: str, model: Path, *more: str) -> list[str]:
    return ["model", step, *(word.format(model=model) for word in _STEPS[step]), *more]


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("task.py").write_text("")
    path = Path("model.safetensors")
    path.write_bytes(of_safetensors(("w", 8192)))
    return path


@pytest.mark.parametrize("step", _STEPS)
@pytest.mark.parametrize(("option", "name"), [("--task", "absent.py"), ("--samples", "absent.npz")])
def test_what_judges_is_missed_by_its_name(
    step: str, option: str, name: str, there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(step, there, option, name)) == 2
    assert f"{name}: there is no such file" in capsys.readouterr().err
    assert not Path("out.safetensors").exists()


@pytest.mark.parametrize("step", _STEPS)
def test_a_model_that_is_not_there_is_missed_before_the_task_is_run(
    step: str, there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(step, there.with_name("absent.safetensors"), "--task", "task.py")) == 2
    assert "absent.safetensors: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize("step", _STEPS)
def test_a_folder_is_no_model_to_be_judged(step: str, there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("models").mkdir()
    assert run(_words(step, Path("models"), "--task", "task.py")) == 2
    assert "models: it is a folder or a device, not a file" in capsys.readouterr().err


@pytest.mark.parametrize("step", _STEPS)
def test_a_task_and_samples_are_one_too_many(step: str, there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_words(step, there, "--task", "task.py", "--samples", "task.py")) == 2
    assert "one of --task and --samples" in capsys.readouterr().err


@pytest.mark.parametrize("step", ["squeeze", "compare"])
def test_a_command_that_judges_wants_one_of_them(step: str, there: Path) -> None:
    assert run(_words(step, there)) == 2


def test_what_is_learned_from_is_missed_by_its_name(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["model", "finetune", str(there), "-o", "out.safetensors", "--task", "task.py"]
    assert run([*words, "--against", "absent.safetensors"]) == 2
    assert "absent.safetensors: there is no such file" in capsys.readouterr().err
