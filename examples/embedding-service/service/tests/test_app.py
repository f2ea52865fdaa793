import app
import numpy as np


def test_vectors_have_unit_length():
    vectors = app.embed(["a sentence", "another one"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_close_sentences_are_close():
    first, second, third = app.embed(["a cat sat", "a kitten sat", "interest rates rose"])
    assert first @ second > first @ third
