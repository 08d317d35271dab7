"""Real llama models in GGUF files of some 350 kB: one with random weights, and one that recites what it is told."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

_WIDTH = 64
_SPECIAL = ["<unk>", "<s>", "</s>"]
_BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
_CHARACTERS = ["▁", *(chr(code) for code in range(ord("!"), 127))]  # "▁" is the space
_TOKENS = _SPECIAL + _BYTES + _CHARACTERS
_UNKNOWN, _CONTROL, _BYTE, _NORMAL = 2, 3, 6, 1

Matrix = npt.NDArray[np.float32]
Weights = Callable[..., Matrix]


def write_random(path: Path, seed: int = 0) -> Path:
    """One layer of random weights: what it writes is garbage, and always the same."""
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> Matrix:
        return (random.standard_normal(shape) * 0.3).astype(np.float32)

    return _write(path, _TOKENS, weights(len(_TOKENS), _WIDTH), weights(len(_TOKENS), _WIDTH), weights)


def write_reciting(path: Path, pieces: Sequence[str], after: str = "[") -> Path:
    """After the character `after` it writes the pieces (at most 60, none twice) one by one, a token each, and ends.

    Its layer adds nothing and each of these tokens has a direction of its own, which is that of the token to follow.
    """
    tokens = _TOKENS + [piece.replace(" ", "▁") for piece in pieces]
    first = len(tokens) - len(pieces)
    chain = [tokens.index(after), *range(first, len(tokens)), tokens.index("</s>")]
    embedding, output = np.zeros((2, len(tokens), _WIDTH), np.float32)
    for direction, (token, following) in enumerate(pairwise(chain)):
        embedding[token, direction] = 1
        output[following, direction] = 1
    return _write(path, tokens, embedding, output, lambda *shape: np.zeros(shape, np.float32))


def _write(path: Path, tokens: Sequence[str], embedding: Matrix, output: Matrix, weights: Weights) -> Path:
    kinds = [_UNKNOWN, _CONTROL, _CONTROL] + [_BYTE] * len(_BYTES)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(2 * _WIDTH)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 4)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([-1.0 * (at >= len(kinds)) for at in range(len(tokens))])
    writer.add_token_types(kinds + [_NORMAL] * (len(tokens) - len(kinds)))
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", output)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", weights(_WIDTH, _WIDTH))
    writer.add_tensor("blk.0.ffn_gate.weight", weights(2 * _WIDTH, _WIDTH))
    writer.add_tensor("blk.0.ffn_up.weight", weights(2 * _WIDTH, _WIDTH))
    writer.add_tensor("blk.0.ffn_down.weight", weights(_WIDTH, 2 * _WIDTH))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
