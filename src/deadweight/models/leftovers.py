"""Which tensors and values of a checkpoint are left over from training, by the keys that lead to them.

Trainers save what they need to go on: the optimizer's moments (twice the weights for Adam), schedules, scalers, states
of random numbers, counters. Nothing of it has a part in what the model answers.
"""

from __future__ import annotations

import re

from deadweight.core.tensor import Step

_TOP = re.compile(
    r"(?:(?:\w+_)?optimi[sz]ers?(?:_states?|_state_dict)?|optim(?:_state|_state_dict)?|opt_state(?:_dict)?"
    r"|(?:lr_|learning_rate_)?schedulers?(?:_states?|_state_dict)?|lr_schedulers?"
    r"|(?:grad_|loss_|amp_)?scaler(?:_state|_state_dict)?|amp"
    r"|(?:\w+_)?rng_states?|random_rng_states?|callbacks|loops"
    r"|grads?|gradients|global_step|step|epoch|iteration|iter|best_(?:loss|acc\w*|metric\w*)|train_loss|loss"
    r"|\.OPTIMIZER_SLOT)"
)
_MOMENTS = frozenset(("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg", "grad_avg"))
_FLAT = re.compile(r"(?:^|[./])(?:optimizers?|optim|opt_state|optimizer_state)[./]|/\.OPTIMIZER_SLOT/")
_EMA = re.compile(r"(?:ema|model_ema|ema_model|ema_state_dict|state_dict_ema|ema_state|ema_params|averaged_model)")


def leftover(path: tuple[Step, ...]) -> str:
    """Why what lies there is left over from training, as a sentence's end; empty where it is not known to be."""
    if not path:
        return ""
    top, last = str(path[0]), str(path[-1])
    if len(path) > 1 and _TOP.fullmatch(top):
        return f"lies under {top!r}, which a trainer saves to go on"
    if _FLAT.search(top):
        return "has the optimizer in its name"
    if last in _MOMENTS or last.rpartition(".")[2] in _MOMENTS:
        return "is a moment that an optimizer keeps"
    return ""


def leftover_value(path: tuple[Step, ...]) -> str:
    """The same for a value that is no tensor: counters stand at the top."""
    if len(path) == 1 and _TOP.fullmatch(str(path[0])):
        return "is a counter or a state of the trainer"
    return leftover(path)


def averaged(path: tuple[Step, ...]) -> str:
    """The key under which a running average of the weights lies, empty where it is none."""
    for step in path[:1]:
        name = str(step)
        if _EMA.fullmatch(name) and len(path) > 1:
            return name
        head = name.partition(".")[0]
        if _EMA.fullmatch(head) and head != name:
            return head
    return ""
