"""How rare a word is in English, told by its place in the embedding model's vocabulary.

BERT's vocabulary, which MiniLM shares, lists whole words by how often they are met (Devlin et al. 2019): a common verb
such as "fall" is often another way of saying what the evidence says, a rare noun such as "bunker" hardly ever.
"""

import json
import math
from functools import cache, lru_cache
from pathlib import Path

import kg.embedding

_TOKENIZER = Path(kg.embedding.__file__).parent / "models" / "minilm" / "tokenizer.json"
# The first whole words of the vocabulary, and about its last.
_FIRST, _LAST = 2000, 30_000
# What the most common word weighs.
_LEAST = 0.2


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """From 0.2 for the most common words to 1 for those that the vocabulary has not, of a word in lower case."""
    place = _vocabulary().get(word)
    if place is None:
        return 1.0
    share = (math.log(max(place, _FIRST)) - math.log(_FIRST)) / (math.log(_LAST) - math.log(_FIRST))
    return _LEAST + (1 - _LEAST) * min(share, 1.0)


@cache
def _vocabulary() -> dict[str, int]:
    held: dict[str, int] = json.loads(_TOKENIZER.read_text("utf-8"))["model"]["vocab"]
    return held
