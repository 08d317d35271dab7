"""Which extractor a setting names."""

from functools import cache
from pathlib import Path

from extraction.extractor import Extractor
from extraction.gguf.extractor import GgufExtractor
from extraction.local.folder import PIPELINE
from extraction.rules import RuleExtractor
from kg.ontology import load_ontology

LOCAL = "local"
GGUF_TIMEOUT = 30.0


@cache
def make_extractor(name: str, ontology: Path | None, gguf_timeout: float = GGUF_TIMEOUT) -> Extractor:
    """The extractor that a setting names; loaded once for the same arguments. Raises ValueError with one sentence.

    `local` is the shipped spaCy pipeline with the rules, `rules` the rules alone, `spacy:PIPELINE` another pipeline
    with the rules. `gguf:PATH` is `local` and a generative model, which has `gguf_timeout` seconds a passage;
    `BASE+gguf:PATH` is another of them and the model.
    """
    base, _, gguf = name.partition("gguf:")
    if gguf and (not base or base.endswith("+")):
        inner = make_extractor(base.removesuffix("+") or LOCAL, ontology)
        return GgufExtractor(inner, Path(gguf), gguf_timeout)
    loaded = load_ontology(ontology) if ontology else load_ontology()
    if name == "rules":
        return RuleExtractor(loaded)
    if name == LOCAL:
        return RuleExtractor(loaded, str(PIPELINE))
    kind, _, pipeline = name.partition(":")
    if kind == "spacy" and pipeline:
        return RuleExtractor(loaded, pipeline)
    raise ValueError(
        f"There is no extractor {name!r}; set EVIGRAPH_EXTRACTOR to local, rules, spacy:PIPELINE or gguf:PATH."
    )
