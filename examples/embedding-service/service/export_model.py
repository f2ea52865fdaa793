"""Turn the published MiniLM weights (safetensors) into the ONNX graph that the service runs."""

import json
import math
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file


class Graph:
    """An ONNX graph under construction: nodes in order, weights by name."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = []
        self.used = {}

    def weight(self, name, transposed=False):
        key = f"{name}.T" if transposed else name
        if key not in self.used:
            value = self.weights[name].astype(np.float32)
            value = np.ascontiguousarray(value.T) if transposed else value
            self.initializers.append(numpy_helper.from_array(value, key))
            self.used[key] = key
        return key

    def constant(self, value, dtype):
        array = np.array(value, dtype=dtype)
        key = f"const_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(array, key))
        return key

    def op(self, kind, *inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def linear(self, value, name):
        product = self.op("MatMul", value, self.weight(f"{name}.weight", transposed=True))
        return self.op("Add", product, self.weight(f"{name}.bias"))

    def norm(self, value, name, epsilon):
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)


def embeddings(graph, config):
    words = graph.op("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    length = graph.op("Gather", graph.op("Shape", "input_ids"), graph.constant(1, np.int64))
    places = graph.op("Range", graph.constant(0, np.int64), length, graph.constant(1, np.int64))
    positions = graph.op("Gather", graph.weight("embeddings.position_embeddings.weight"), places)
    kinds = graph.op("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant(0, np.int64))
    summed = graph.op("Add", graph.op("Add", words, positions), kinds)
    return graph.norm(summed, "embeddings.LayerNorm", config["layer_norm_eps"])


def attention(graph, hidden, mask, prefix, config):
    heads, width = config["num_attention_heads"], config["hidden_size"]
    split = graph.constant([0, 0, heads, width // heads], np.int64)
    query, key, value = (
        graph.op("Reshape", graph.linear(hidden, f"{prefix}.attention.self.{name}"), split)
        for name in ("query", "key", "value")
    )
    query = graph.op("Transpose", query, perm=[0, 2, 1, 3])
    key = graph.op("Transpose", key, perm=[0, 2, 3, 1])
    value = graph.op("Transpose", value, perm=[0, 2, 1, 3])
    scores = graph.op("Div", graph.op("MatMul", query, key), graph.constant(math.sqrt(width // heads), np.float32))
    weights = graph.op("Softmax", graph.op("Add", scores, mask), axis=-1)
    mixed = graph.op("Transpose", graph.op("MatMul", weights, value), perm=[0, 2, 1, 3])
    joined = graph.op("Reshape", mixed, graph.constant([0, 0, width], np.int64))
    return graph.linear(joined, f"{prefix}.attention.output.dense")


def gelu(graph, value):
    error = graph.op("Erf", graph.op("Div", value, graph.constant(math.sqrt(2), np.float32)))
    scaled = graph.op("Mul", value, graph.op("Add", error, graph.constant(1, np.float32)))
    return graph.op("Mul", scaled, graph.constant(0.5, np.float32))


def layer(graph, hidden, mask, prefix, config):
    epsilon = config["layer_norm_eps"]
    attended = graph.op("Add", attention(graph, hidden, mask, prefix, config), hidden)
    attended = graph.norm(attended, f"{prefix}.attention.output.LayerNorm", epsilon)
    wide = gelu(graph, graph.linear(attended, f"{prefix}.intermediate.dense"))
    return graph.norm(
        graph.op("Add", graph.linear(wide, f"{prefix}.output.dense"), attended), f"{prefix}.output.LayerNorm", epsilon
    )


def additive_mask(graph):
    mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = graph.op("Unsqueeze", mask, graph.constant([1, 2], np.int64))
    return graph.op("Mul", graph.op("Sub", graph.constant(1, np.float32), mask), graph.constant(-10000, np.float32))


def export(source, target):
    config = json.loads((source / "config.json").read_text())
    graph = Graph(load_file(source / "model.safetensors"))
    hidden = embeddings(graph, config)
    mask = additive_mask(graph)
    for number in range(config["num_hidden_layers"]):
        hidden = layer(graph, hidden, mask, f"encoder.layer.{number}", config)
    graph.nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
    ids, attended = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    )
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", "width"])
    made = helper.make_graph(graph.nodes, "minilm", [ids, attended], [output], graph.initializers)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(model, target / "model.onnx")
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copyfile(source / name, target / name)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
