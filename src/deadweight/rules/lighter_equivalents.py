"""Finds distributions that have a lighter equivalent.

Why it weighs
-------------
The default build is the one for every use. torch from the package index brings CUDA: 2,741 MB to download where the
build for the processor is 192 MB. opencv-python brings Qt for windows that a service never opens.

Evidence
--------
Distributions of a table (torch, tensorflow, xgboost, onnxruntime-gpu, opencv-python, pyspark, pyside6), the condition
that makes the lighter one right, and where it was looked for: what asks for a GPU, calls in the sources that import
the module, the commands that start the artifact, distributions that need the heavy one or require it by its name.
Where a condition fails nothing is proposed.

Edit
----
Suggested. `--swap torch=cpu` (or `--swap NAME=LIGHTER`, `--swap NAME=LIGHTER==VERSION`) makes it, with a proof: the
files of the heavy one go, with the libraries that only it requires, and the lighter one of the same version is
fetched by pip, for the Python and the platform of the artifact, from wherever pip is configured to look (for torch
the index of the CPU builds, PIP_EXTRA_INDEX_URL, or a folder, PIP_FIND_LINKS). `deadweight.json` in its metadata says
which wheel it was, with its hash. What a condition says against it is told; whether the program works is for the proof
to say. To undo it slim again without it: `deadweight restore` puts old files back and takes no new one away.

Source
------
Measured: dependencies, 6.8 (from lock files). PEP 427 and PEP 627 for what is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.equivalents import Equivalent
from deadweight.facts.lighter_equivalents import PROPOSALS, Proposal
from deadweight.facts.target import MARKERS
from deadweight.facts.wheel_tags import PLATFORMS
from deadweight.rules.distribution_files import whole
from deadweight.rules.reporting import measure

_NAME = "lighter-equivalents"
_BUILDS = frozenset(("cpu", "headless", "lighter"))


def _find(scene: Scene) -> Iterator[Finding]:
    asked = _asked(scene.options.get("swap", ""))
    proposals = {one.heavy.name: one for one in scene.ask(PROPOSALS)}
    for name, lighter in asked.items():
        yield _finding(scene, *_wanted(scene, proposals, (name, lighter)), Safety.PROVEN)
    for name, proposal in proposals.items():
        if name not in asked and not proposal.objections:
            yield _finding(scene, proposal, proposal.equivalent.requirements(proposal.heavy.version), Safety.SUGGESTED)


def _asked(text: str) -> Mapping[str, str]:
    """What the option names, by the heavy one's normalised name."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, lighter = part.partition("=")
        if not (name.strip() and equals and lighter.strip("= ")):
            raise _unreadable(part)
        found[str(canonicalize_name(name.strip()))] = lighter.strip()
    return found


def _unreadable(part: str) -> UsageError:
    return UsageError(f"{part!r} is no swap", where="swap", advice="Write NAME=LIGHTER: torch=cpu, a=b or a=b==1.2.")


def _wanted(
    scene: Scene, proposals: Mapping[str, Proposal], asked: tuple[str, str]
) -> tuple[Proposal, tuple[str, ...]]:
    """The swap that is asked for, in the table or not, and the requirements that it can be fetched by."""
    name, lighter = asked
    heavy = next((one for one in scene.ask(DISTRIBUTIONS) if one.name == name), None)
    if heavy is None:
        raise UsageError(f"{name} is not installed in it", where="swap", advice="See what is: deadweight weigh TARGET")
    proposal = proposals.get(name)
    if lighter in _BUILDS:
        if proposal is None:
            advice = f"It is the lighter build already, or name the other one: {name}=OTHER."
            raise UsageError(f"no lighter build of {heavy.owner} is known", where="swap", advice=advice)
        return proposal, proposal.equivalent.requirements(heavy.version)
    other = _requirement(f"{name}={lighter}", lighter)
    if proposal is None or canonicalize_name(other.name) != proposal.equivalent.lighter:
        proposal = Proposal(Equivalent(name, other.name, "someone asked for it", ""), heavy, ())
    return proposal, (str(other),) if other.specifier else proposal.equivalent.requirements(heavy.version)


def _requirement(part: str, text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement:
        raise _unreadable(part) from None


def _finding(scene: Scene, proposal: Proposal, requirements: Sequence[str], safety: Safety) -> Finding:
    heavy, equivalent = proposal.heavy, proposal.equivalent
    going = (heavy, *proposal.leaving)
    paths = whole(scene, (path for one in going for path in one.files))
    size, stored = measure(scene, paths)
    says = f"{requirements[0]} does as well where {equivalent.condition}: --swap {heavy.name}={_spelled(equivalent)}"
    arguments = _arguments(scene, proposal, requirements)
    edit = Edit("swap", paths, safety, _NAME, says, heavy.owner, arguments=arguments)
    confidence = Confidence.POSSIBLE if proposal.objections else Confidence.LIKELY
    return Finding(_NAME, heavy.owner, says, paths, size, stored, tuple(_evidence(proposal)), confidence, (edit,))


def _spelled(equivalent: Equivalent) -> str:
    return "cpu" if equivalent.is_build else equivalent.lighter


def _evidence(proposal: Proposal) -> Iterator[Evidence]:
    equivalent = proposal.equivalent
    yield Evidence(f"installed; {equivalent.condition}", proposal.heavy.info)
    if equivalent.measured:
        yield Evidence(f"measured elsewhere: {equivalent.measured}", proposal.heavy.info)
    yield from (Evidence("only it requires this", one.info) for one in proposal.leaving)
    yield from (Evidence(f"against it: {sign.says}", sign.where) for sign in proposal.objections)


def _arguments(scene: Scene, proposal: Proposal, requirements: Sequence[str]) -> Mapping[str, str]:
    heavy, platforms = proposal.heavy, scene.ask(PLATFORMS)
    return {
        "old": heavy.info,
        "requirements": " ".join(requirements),
        "python": scene.ask(MARKERS)["python_version"],
        "platforms": " ".join(platforms),
        "refuse": proposal.equivalent.leaves if proposal.equivalent.without_gpu else "",
    }


RULE: Rule = Rule(_NAME, "builds and distributions with a lighter equivalent", Safety.SUGGESTED, _find)
