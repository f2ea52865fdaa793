"""Models: files known by their content, and what lies beside them to make them work."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.model_content import Recognised, recognised

SMALLEST_MODEL = 64 << 10
_HUB_REPOSITORY = "models--"
_BESIDE = frozenset(
    """
    added_tokens.json chat_template.jinja chat_template.json config.json config_sentence_transformers.json
    generation_config.json merges.txt model_index.json modules.json preprocessor_config.json processor_config.json
    sentence_bert_config.json sentencepiece.bpe.model special_tokens_map.json spiece.model tokenizer.json
    tokenizer.model tokenizer_config.json vocab.json vocab.txt
    """.split()  # noqa: SIM905  # as a list it takes a line for each name
)


def claims(listing: Listing) -> Iterator[Claim]:
    """The model files by their content, then the side files of their folders."""
    folders: dict[str, list[tuple[Entry, Recognised]]] = {}
    for entry in listing.entries:
        if entry.size >= SMALLEST_MODEL and entry.kind is Kind.FILE and (kind := recognised(entry)):
            folders.setdefault(entry.directory, []).append((entry, kind))
    for folder, models in sorted(folders.items()):
        if not _is_history(folder):
            claims_of = _in_hub if _HUB_REPOSITORY in folder else _in_folder
            yield from claims_of(listing, folder, models)
    yield from _saved_by_tensorflow(listing)


def _saved_by_tensorflow(listing: Listing) -> Iterator[Claim]:
    """Folders of TensorFlow, whose tensors have no mark of their own: a graph beside a folder of variables."""
    for variables in listing.directories_named.get("variables", ()):
        folder = variables.rpartition("/")[0]
        graph = f"{folder}/saved_model.pb".lstrip("/")
        if graph in listing and f"{variables}/variables.index" in listing:
            yield Claim(_owner(folder), Basis.LOCATED, listing.paths_under(folder), f"lies beside {graph}")


def _is_history(folder: str) -> bool:
    """Whether the folder is one of version control, where the bytes belong to the history (Git LFS)."""
    return any(part in (".git", ".hg", ".svn") for part in folder.split("/"))


def _in_folder(listing: Listing, folder: str, models: list[tuple[Entry, Recognised]]) -> Iterator[Claim]:
    beside = tuple(_beside(listing, folder, models))
    if beside or len(models) > 1:
        yield Claim(_owner(folder), Basis.LOCATED, beside, "lies beside a model file and belongs to it by its name")
    for entry, kind in models:
        owner = _owner(folder if beside or len(models) > 1 else entry.path)
        yield Claim(owner, kind.basis, (entry.path,), f"is {kind.format} by its first bytes")


def _beside(listing: Listing, folder: str, models: list[tuple[Entry, Recognised]]) -> Iterator[str]:
    """Configuration, vocabulary and tensors that a model in the folder keeps outside its own file."""
    known = {entry.path for entry, _ in models}
    names = tuple(entry.name for entry, _ in models)
    for path in listing.directly_in(folder):
        name = path.rpartition("/")[2]
        outside = name in _BESIDE or name.endswith(".index.json") or name.startswith(names)
        if outside and path not in known and path not in listing.directories:
            yield path


def _in_hub(listing: Listing, folder: str, models: list[tuple[Entry, Recognised]]) -> Iterator[Claim]:
    """A repository in a cache of Hugging Face: its files are called by their digests, so all of it is the model's."""
    before, mark, after = f"/{folder}".rpartition(f"/{_HUB_REPOSITORY}")
    if not mark:
        yield from _in_folder(listing, folder, models)
        return
    repository = f"{before}{mark}{after.partition('/')[0]}"[1:]
    owner = Owner(OwnerKind.MODEL, after.partition("/")[0].replace("--", "/"))
    yield Claim(owner, Basis.LOCATED, listing.paths_under(repository), f"lies in the repository {repository}")


def _owner(place: str) -> Owner:
    return Owner(OwnerKind.MODEL, f"/{place}")


CATALOGER: Cataloger = Cataloger(name="models", reads=(), claims=claims)
