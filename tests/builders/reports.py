"""Reports made by hand: any part of one can be odd."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.edit import Edit, Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.gap import Gap
from deadweight.core.layers import Layer
from deadweight.core.plan import LeftOut, Plan
from deadweight.core.probe import RunRecord
from deadweight.core.proof import Comparison, Proof, Undone, Verdict
from deadweight.core.report import Composition, Cut, Report, Share

HOSTILE = "a\x1b[31mred\r\nnext\u202egnp.exe\u2066\x9b\x7f\udcff\ttab"
"""A name that would colour, break, turn around or confuse a terminal, and is not UTF-8."""


def composition(name: str = "app", layers: int = 0) -> Composition:
    """What 4 owners have of 10 000 000 unpacked bytes."""
    owners = tuple(
        Share(f"{name} {place}", "python distribution", place, size, size // 2)
        for place, size in enumerate((6_000_000, 3_000_000, 999_000, 1_000), 1)
    )
    stack = tuple(Layer(at, "", f"sha256:{at:064x}", "", 1000, 2000, f"RUN make {name}") for at in range(layers))
    return Composition(
        location=name,
        format="directory",
        digest="blake3:" + "0" * 64,
        total=6_000_000,
        visible=5_000_000,
        shadowed=700_000,
        overhead=300_000,
        unpacked=10_000_000,
        entries=1234,
        owners=owners,
        dead={"overwritten": 700_000, "copied by a chown or chmod": 0},
        overheads={"headers": 299_000, "padding": 1_000},
        layers=stack,
        contested=1,
    )


def edit(name: str = "path", rule: str = "a-rule", safety: Safety = Safety.SAFE) -> Edit:
    """An edit that removes one path."""
    return Edit("remove", (name,), safety, rule, f"because of {name}", owner=f"owner of {name}")


def finding(name: str = "path", size: int = 1000, rule: str = "a-rule") -> Finding:
    """A finding of one path, with its edit."""
    evidence = (Evidence(f"seen at {name}", f"where {name}"),)
    return Finding(
        rule, f"owner {name}", f"says {name}", (name,), size, size, evidence, Confidence.CERTAIN, (edit(name),)
    )


def record(program: bool = True) -> RunRecord:
    """A run, of a program or of probes alone."""
    return RunRecord((), True, 1.5 if program else 0.0, 44_000_000 if program else 0, "a sandbox of paper")


def proof(*verdicts: Verdict, program: bool = True, undone: tuple[Undone, ...] = ()) -> Proof:
    """A proof whose probes came to these verdicts."""
    different = "it is another" * 20
    compared = tuple(
        Comparison(f"probe {at}", verdict, "" if verdict is Verdict.SAME else different)
        for at, verdict in enumerate(verdicts)
    )
    return Proof(compared, record(program), record(program), undone)


def weighed(name: str = "app", findings: int = 1) -> Report:
    """A report of `deadweight weigh`, all of its parts named so."""
    found = tuple(finding(f"{name}/{at}", 1000 - at) for at in range(findings))
    plan = Plan("blake3:" + "0" * 64, "directory", tuple(edit(f"{name}/{at}") for at in range(findings)))
    plan = replace(plan, left_out=(LeftOut(edit(f"{name}/kept"), f"left {name}"),), estimate=1000)
    gaps = (Gap("find", name, f"not read: {name}"),)
    return Report("1.0", composition(name, layers=2), found, plan, gaps=gaps)


def slimmed(name: str = "app") -> Report:
    """A report of `deadweight slim`: 10 MB became 4 MB, 500 kB of it unexplained."""
    after = replace(composition(name), total=3_000_000, visible=2_000_000, unpacked=4_000_000, entries=234)
    cuts = (Cut("a-rule", 900, 5_000_000), Cut("another-rule", 100, 600_000), Cut("grown", 0, -100_000))
    taken = (Undone(edit(name), f"probe {name}", f"not so {name}"),)
    return replace(
        weighed(name), after=after, cuts=cuts, proof=proof(Verdict.SAME, undone=taken), companion=f"{name}.tar"
    )
