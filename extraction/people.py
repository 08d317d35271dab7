"""Where any text names people, as the extractor's own model and rules see it."""

import threading
from collections.abc import Callable
from pathlib import Path

from extraction.choose import LOCAL, make_extractor
from extraction.rules import RuleExtractor

_SURE = 0.7
_LOADING = threading.Lock()  # or many that ask at once would each load a pipeline of their own


def people_in(
    extractor: str, ontology: Path | None, may_be: Callable[[str], bool] = lambda name: False
) -> Callable[[str], list[tuple[int, int]]]:
    """A function from a text to the spans of people's names in it, by the extractor that a setting names.

    `may_be` tells of a name whose type is only a guess whether it is to be taken for a person's. A generative model
    beside the extractor is not asked. Raises ValueError with one sentence for an unknown one.
    """
    base = extractor.partition("gguf:")[0].removesuffix("+") or LOCAL
    with _LOADING:
        made = make_extractor(base, ontology)
    if not isinstance(made, RuleExtractor):
        raise ValueError(f"The extractor {extractor!r} cannot tell people from other names; set EVIGRAPH_EXTRACTOR.")

    def people(text: str) -> list[tuple[int, int]]:
        (unit,) = made.tagger.tag([(0, text)])
        return [
            (item.start, item.end)
            for item in unit.mentions
            if made.ontology.is_a(item.type, "Person") or (item.score < _SURE and may_be(item.text))
        ]

    return people
