from __future__ import annotations

import decimal
import gzip
import pickle

from builders.evidence import found, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.pickled_classes import EVIDENCE

FOREST = b"\x80\x04\x8c\x18sklearn.ensemble._forest\x94\x8c\x16RandomForestClassifier\x94\x93\x94)\x81."


def test_finds_the_modules_of_classes() -> None:
    project = project_of({"models/forest.pkl": FOREST, "m.pkl.gz": gzip.compress(pickle.dumps(decimal.Decimal(1)))})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == {"sklearn.ensemble._forest", "decimal"}
    assert not project.gaps


def test_finds_that_a_file_of_tests_is_for_tests() -> None:
    use = found(EVIDENCE, project_of({"tests/forest.joblib": FOREST}))[0]
    assert (use.role, use.strength) == (Role.TEST, Strength.HINT)


def test_leaves_what_carries_arrays_to_those_who_ask_for_it() -> None:
    both = project_of({"a.pkl": FOREST[:-1] + b"\x8c\x05numpy\x94\x8c\x05dtype\x94\x93."})
    assert subjects(EVIDENCE, both, Strength.NEEDED) == {"sklearn.ensemble._forest"}
    assert subjects(EVIDENCE, project_of({"a.pkl": b"cnumpy\ndtype\n."}), Strength.NEEDED) == {"numpy"}


def test_leaves_a_cut_file_as_a_gap() -> None:
    project = project_of({"m.pkl": FOREST[:-2]})
    assert subjects(EVIDENCE, project) == {"sklearn.ensemble._forest"}
    assert [gap.where for gap in project.gaps] == ["m.pkl"]


def test_leaves_what_is_no_pickle() -> None:
    files: dict[str, str | bytes] = {
        "a.bin": b"(not a pickle at all",
        "b.bin": bytes(50),
        "page.p": "content of a page",
        "backup.tar.gz": gzip.compress(FOREST),
        "c.pt": b"\x08\x01onnx",
    }
    project = project_of(files)
    assert subjects(EVIDENCE, project) == set()
    assert not project.gaps
