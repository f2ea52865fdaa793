"""Each path gets exactly one owner: the highest basis, then the most specific kind, then the first name."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.owner import NOBODY, Basis, Claim, Contest, Owner, OwnerKind, settle

NUMPY = Owner(OwnerKind.DISTRIBUTION, "numpy", "2.0")
SCIPY = Owner(OwnerKind.DISTRIBUTION, "scipy", "1.0")
DEBIAN = Owner(OwnerKind.OS_PACKAGE, "python3-numpy", "1:2.0")
APPLICATION = Owner(OwnerKind.APPLICATION, "/app")


def test_a_path_that_nobody_claims_is_nobodys() -> None:
    assert settle([]).of("a") is NOBODY


def test_a_record_goes_before_a_place_and_a_place_before_a_guess() -> None:
    claims = [
        Claim(APPLICATION, Basis.GUESSED, ["a", "b", "c"], "guess"),
        Claim(NUMPY, Basis.LOCATED, ["a", "b"], "place"),
        Claim(DEBIAN, Basis.RECORDED, ["a"], "record"),
    ]
    ownership = settle(claims)
    assert [ownership.of(path) for path in "abc"] == [DEBIAN, NUMPY, APPLICATION]
    assert ownership.contests == ()


def test_of_two_claims_of_one_basis_the_more_specific_kind_wins_and_the_contest_is_shown() -> None:
    ownership = settle([Claim(DEBIAN, Basis.RECORDED, ["a"], "list"), Claim(NUMPY, Basis.RECORDED, ["a"], "RECORD")])
    assert ownership.of("a") == NUMPY
    assert ownership.contests == (Contest("a", (NUMPY, DEBIAN)),)


def test_a_place_in_a_place_of_another_kind_is_no_contest() -> None:
    model, cache = Owner(OwnerKind.MODEL, "m"), Owner(OwnerKind.CACHE, "c")
    ownership = settle([Claim(cache, Basis.LOCATED, ["a"], "place"), Claim(model, Basis.LOCATED, ["a"], "content")])
    assert ownership.of("a") == model
    assert ownership.contests == ()


def test_of_two_owners_of_one_kind_the_first_name_wins() -> None:
    ownership = settle([Claim(SCIPY, Basis.RECORDED, ["a"], "s"), Claim(NUMPY, Basis.RECORDED, ["a"], "n")])
    assert ownership.contests == (Contest("a", (NUMPY, SCIPY)),)


def test_an_owner_does_not_contest_itself() -> None:
    claims = [Claim(NUMPY, Basis.RECORDED, ["a", "a"], "one"), Claim(NUMPY, Basis.RECORDED, ["a"], "two")]
    assert settle(claims).contests == ()


def test_a_rival_is_named_once_however_often_it_claims() -> None:
    claims = [Claim(NUMPY, Basis.LOCATED, ["a"], "n"), *[Claim(SCIPY, Basis.LOCATED, ["a"], "s")] * 3]
    assert settle(claims).contests == (Contest("a", (NUMPY, SCIPY)),)


def test_the_source_of_an_owner_is_that_of_its_best_claim() -> None:
    claims = [Claim(NUMPY, Basis.LOCATED, ["b"], "place"), Claim(NUMPY, Basis.RECORDED, ["a"], "RECORD")]
    assert settle(claims).sources == {NUMPY: "RECORD"}


OWNERS = st.builds(Owner, st.sampled_from(OwnerKind), st.sampled_from(["x", "y"]))
CLAIMS = st.builds(Claim, OWNERS, st.sampled_from(Basis), st.lists(st.sampled_from("abcd"), max_size=4), st.just("s"))


def best(claims: list[Claim], path: str) -> list[Owner]:
    """Who has the path and who contests it, in order, by the law's own words."""
    having = [claim for claim in claims if path in claim.paths]
    highest = max((claim.basis for claim in having), default=None)
    kinds = list(OwnerKind)
    owners = {claim.owner for claim in having if claim.basis is highest}
    ordered = sorted(owners, key=lambda owner: (kinds.index(owner.kind), owner.name))
    return [owner for owner in ordered if highest is Basis.RECORDED or owner.kind is ordered[0].kind]


@given(st.lists(CLAIMS, max_size=8))
@settings(max_examples=200, derandomize=True, database=None)
def test_every_claimed_path_has_the_owner_that_the_law_names(claims: list[Claim]) -> None:
    ownership = settle(claims)
    for path in "abcd":
        owners = best(claims, path)
        assert ownership.of(path) == (owners[0] if owners else NOBODY)
        shown = [contest.owners for contest in ownership.contests if contest.path == path]
        assert shown == ([tuple(owners)] if len(owners) > 1 else [])


@given(st.lists(CLAIMS, max_size=5).flatmap(lambda claims: st.tuples(st.just(claims), st.permutations(claims))))
@settings(max_examples=60, derandomize=True, database=None)
def test_the_order_of_the_claims_changes_no_owner(both: tuple[list[Claim], list[Claim]]) -> None:
    one, other = settle(both[0]), settle(both[1])
    assert one.owners == other.owners
    assert one.contests == other.contests
