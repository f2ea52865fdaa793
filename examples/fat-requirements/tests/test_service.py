import pytest
from app.backends import forest


@pytest.mark.parametrize("vector", [[0.0] * 8, [1.0] * 8])
def test_a_score_is_a_probability(vector):
    assert 0 <= forest.score(vector) <= 1
