"""What the single steps say to a person: every number that decides stands there, nothing that is not known."""

from __future__ import annotations

import pytest

from deadweight.core.conversion import Cast, Converted, Ran
from deadweight.core.squeeze_report import Judged
from deadweight.core.steps import Pruned, Quantised, Tuned, Zeroed
from deadweight.reports.models import converting, finetuning, pruning, quantising

JUDGED = (Judged("news", 0.9, 0.81, 0.87, 300),)


def converted(*casts: Cast, ran: Ran | None = None, lost: tuple[str, ...] = ()) -> str:
    form = ("a.pt", "b.safetensors", "torch", "safetensors", 4000, 2000, 3)
    return converting.text(Converted(*form, casts, {"int64": 80}, {"tied": "w"}, lost, ran), colour=False)


def test_a_cast_that_changed_nothing_is_called_exact() -> None:
    assert "float32 -> bfloat16: 2 tensors, 900 elements, all exactly as they were" in converted(
        Cast("float32", "bfloat16", 2, 900)
    )


def test_a_cast_says_how_many_were_rounded_how_far_and_what_was_lost() -> None:
    said = converted(Cast("float32", "float16", 2, 1000, 250, 3, 7, 0.125))
    assert "25.0 % rounded, by 0.125 at most, 7 to zero, 3 to infinity" in said
    assert "80 B of int64 stay as they are" in said


def test_names_that_share_bytes_and_what_is_not_in_the_result_are_told() -> None:
    said = converted(lost=tuple(f"thing {number}" for number in range(12)))
    assert "tied is w" in said
    assert "thing 7" in said
    assert "4 more; --json names them" in said


def test_a_traced_graph_is_told_to_have_been_run_and_which_lengths_it_takes_alone() -> None:
    said = converted(ran=Ran("onnxruntime", 48, 2e-7, 0.05, ("axis 1 of mask is 128",)))
    assert "run in onnxruntime on 48 inputs: its outputs differ by 2e-07 at most, of 0.05" in said
    assert "axis 1 of mask is 128, as in all examples: it takes no other" in said
    assert "read back" not in said


def test_control_characters_of_names_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in converted(lost=("a\x1b[31m name",))


@pytest.mark.parametrize(("scope", "where"), [("layer", "of each tensor"), ("global", "of all tensors together")])
def test_pruning_says_that_zeros_take_room_and_what_packing_makes_of_them(scope: str, where: str) -> None:
    tensors = (Zeroed("wide", 8000, 10, 2410), Zeroed("deep", 2000, 0, 590))
    done = Pruned("a", "b", 0.3, scope, 40_000, 40_000, 37_000, 30_000, tensors, ("bias",), JUDGED)
    said = pruning.text(done, colour=False)
    assert f"The smallest 30% {where}: 3,000 of 10,000 weights are zero, 10 were" in said
    assert "2 tensors pruned, 1 left whole" in said
    assert "37.0 kB ->   30.0 kB  1.23x" in said
    assert ("30.1 % zero" in said) == (scope == "global")
    assert "0.9000 -> 0.8100   90.0%, at least 87.0%  (300 examples)" in said


def test_quantising_without_data_says_that_the_cost_is_not_known() -> None:
    done = Quantised("a", "b", "dynamic", 8, 4000, 1000, 2, tuple(f"w{number}" for number in range(11)))
    said = quantising.text(done, colour=False)
    assert "4.0 kB -> 1.0 kB, 4.00x smaller" in said
    assert "11 tensors left as they are" in said
    assert "3 more" in said
    assert "What that costs is not known" in said


def test_quantising_with_data_says_what_they_lose_and_no_more() -> None:
    said = quantising.text(Quantised("a", "b", "static", 8, 4000, 1000, 2, (), JUDGED), colour=False)
    assert "at least 87.0%" in said
    assert "not known" not in said
    assert "left as they are" not in said


def test_fine_tuning_says_the_loss_the_zeros_and_that_a_gate_decides() -> None:
    form = ("a", "b", "original", 100, 1e-4, 7, 0.25, 0.05, 83.4, 12, 3456, 9000, 9000)
    said = finetuning.text(Tuned(*form, JUDGED), colour=False)
    assert "100 steps against original in 83 s, seed 7" in said
    assert "12 tensors trained, 3,456 weights that were zero are zero" in said
    assert "loss 0.25 -> 0.05" in said
    assert "a gate decides" in said
