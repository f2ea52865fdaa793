from __future__ import annotations

import pytest

from deadweight.core.digest import checked_digest
from deadweight.core.errors import Hostile

GOOD = "sha256:" + "a" * 64


def test_a_digest_of_a_known_algorithm_is_given_back() -> None:
    assert checked_digest(GOOD, "here") == GOOD
    assert checked_digest("sha512:" + "0" * 128, "here").startswith("sha512:")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:",
        "sha256:../../etc/passwd",
        "../" + GOOD,
        "sha256:" + "A" * 64,
        "md5:" + "a" * 32,
        GOOD + "\n",
        GOOD + "a",
    ],
)
def test_anything_else_is_hostile(text: str) -> None:
    with pytest.raises(Hostile, match="not a digest"):
        checked_digest(text, "here")
