"""The network as an ONNX file with int8 matrices and int8 arithmetic, and back: the weights that such a file holds.

Every large matrix is int8 with one scale a column; what it is multiplied with is quantised when it runs
(DynamicQuantizeLinear), one scale a window. The word table is int8 with one scale a row.
"""

from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, load, numpy_helper

from extraction.training.network import EPSILON, HEADS, WIDTH, layers_of
from extraction.training.onnx_nodes import Nodes, to_int8

Arrays = dict[str, np.ndarray]
OPSET = 20  # the first with Gelu


class _Graph(Nodes):
    """The graph of these weights."""

    def __init__(self, weights: Arrays) -> None:
        super().__init__()
        self.weights = weights

    def linear(self, x: str, name: str) -> str:
        codes, scale = to_int8(self.weights[f"{name}.weight"], axis=0)
        quantised = [f"{x}.{part}" for part in ("int8", "scale", "zero")]
        if not any(node.output[0] == quantised[0] for node in self.nodes):
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], quantised, name=f"{x}.quantise"))
        product = self.op(
            "MatMulInteger",
            quantised[0],
            self.constant(f"{name}.weight.int8", codes),
            quantised[2],
            name=f"{name}.product",
        )
        scales = self.op("Mul", quantised[1], self.constant(f"{name}.weight.scale", scale[0]), name=f"{name}.scales")
        product = self.op("Cast", product, name=f"{name}.float", to=TensorProto.FLOAT)
        product = self.op("Mul", product, scales, name=f"{name}.scaled")
        return self.op("Add", product, self.constant(f"{name}.bias", self.weights[f"{name}.bias"]), name=name)

    def norm(self, x: str, name: str) -> str:
        scale, bias = (self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, bias, name=name, axis=-1, epsilon=EPSILON)


def build(weights: Arrays) -> bytes:
    """ids, shapes int64 [1, pieces] -> states [1, pieces, WIDTH], attention [1, HEADS, pieces, pieces] of the last
    layer, tags [1, pieces, tags] before the softmax, where the weights have any."""
    g = _Graph(weights)
    codes, scale = to_int8(weights["words"], axis=1)
    word = g.op("Gather", g.constant("words.int8", codes), "ids", name="words.codes")
    word = g.op("Cast", word, name="words.cast", to=TensorProto.FLOAT)
    word = g.op("Mul", word, g.op("Gather", g.constant("words.scale", scale), "ids", name="words.scales"), name="words")
    zero, length = g.constant("zero", np.array([0], np.int64)), g.op("Shape", "ids", name="length", start=1, end=2)
    place = g.op("Slice", g.constant("positions", weights["positions"]), zero, length, zero, name="places")
    shape = g.op("Gather", g.constant("shapes.table", weights["shapes"]), "shapes", name="shaped")
    x = g.norm(g.op("Add", g.op("Add", word, place, name="placed"), shape, name="embedded"), "norm")
    layers = layers_of(weights)
    for layer in range(layers):
        x = _layer(g, x, f"layer{layer}", layer == layers - 1)
    g.op("Identity", x, name="states")
    tags = weights["tags.bias"].shape[0] if "tags.bias" in weights else 0
    if tags:
        g.linear(x, "tags")
    data: bytes = _checked(g, tags).SerializeToString(deterministic=True)
    return data


def _layer(g: _Graph, x: str, name: str, last: bool) -> str:
    split = g.constant(f"{name}.split", np.array([0, 0, 3 * HEADS, WIDTH // HEADS], np.int64))
    join = g.constant(f"{name}.join", np.array([0, 0, WIDTH], np.int64))
    qkv = g.op("Reshape", g.linear(x, f"{name}.qkv"), split, name=f"{name}.heads")
    parts = [f"{name}.{part}.rows" for part in "qkv"]
    g.nodes.append(helper.make_node("Split", [qkv], parts, name=f"{name}.parts", axis=2, num_outputs=3))
    q = g.op("Transpose", parts[0], name=f"{name}.q", perm=[0, 2, 1, 3])
    k = g.op("Transpose", parts[1], name=f"{name}.k", perm=[0, 2, 3, 1])
    v = g.op("Transpose", parts[2], name=f"{name}.v", perm=[0, 2, 1, 3])
    looks = g.op("MatMul", q, k, name=f"{name}.looks")
    attention = g.op("Softmax", looks, name="attention" if last else f"{name}.attention", axis=-1)
    y = g.op("Transpose", g.op("MatMul", attention, v, name=f"{name}.seen"), name=f"{name}.rows", perm=[0, 2, 1, 3])
    y = g.linear(g.op("Reshape", y, join, name=f"{name}.joined"), f"{name}.out")
    x = g.norm(g.op("Add", x, y, name=f"{name}.sum1"), f"{name}.norm1")
    h = g.op("Gelu", g.linear(x, f"{name}.up"), name=f"{name}.gelu", approximate="none")
    return g.norm(g.op("Add", x, g.linear(h, f"{name}.down"), name=f"{name}.sum2"), f"{name}.norm2")


def _checked(g: _Graph, tags: int) -> ModelProto:
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "pieces"]) for name in ("ids", "shapes")]
    shapes: dict[str, list[int | str]] = {
        "states": [1, "pieces", WIDTH],
        "attention": [1, HEADS, "pieces", "pieces"],
    }
    if tags:
        shapes["tags"] = [1, "pieces", tags]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    graph = helper.make_graph(g.nodes, "evigraph", inputs, outputs, g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="evigraph")
    model.ir_version = 9
    checker.check_model(model, full_check=True)
    return model


def read_encoder(path: Path) -> Arrays:
    """The encoder's weights in float32: of a file that `build` made, or of kg/models/minilm (without shapes)."""
    held = {item.name: numpy_helper.to_array(item) for item in load(path).graph.initializer}
    weights: Arrays = {"words": held["words.int8"].astype(np.float32) * held["words.scale"]}
    weights["positions"] = held["positions" if "positions" in held else "positions.table"]
    if "shapes.table" in held:
        weights["shapes"] = held["shapes.table"]
    layers = sum(1 for name in held if name.endswith(".qkv.bias"))
    for name in ("norm", *(f"layer{i}.norm{n}" for i in range(layers) for n in (1, 2))):
        for part in ("weight", "bias"):
            key = f"{name}.{part}"
            weights[key] = held[key] if key in held else held[f"embedded.{key}"]
    for name in (f"layer{i}.{part}" for i in range(layers) for part in ("qkv", "out", "up", "down")):
        scaled = held[f"{name}.weight.int8"].astype(np.float32) * held[f"{name}.weight.scale"]
        weights[f"{name}.weight"] = scaled.reshape(-1, scaled.shape[-1])
        weights[f"{name}.bias"] = held[f"{name}.bias"]
    return weights
