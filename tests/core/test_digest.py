from __future__ import annotations

import pytest

from deadweight.core.digest import checked_digest, hashing
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


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "blake3"])
def test_every_algorithm_that_is_taken_can_be_worked_out(algorithm: str) -> None:
    running = hashing(algorithm)
    running.update(b"some ")
    running.update(b"body")
    digest = f"{algorithm}:{running.hexdigest()}"
    assert checked_digest(digest, "here") == digest
    whole = hashing(algorithm)
    whole.update(b"some body")
    assert whole.hexdigest() == running.hexdigest() != hashing(algorithm).hexdigest()
