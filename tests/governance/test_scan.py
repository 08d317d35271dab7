"""governance.privacy.scan: of documents of the sample the people are found, and the systems are none."""

from pathlib import Path

import pytest
from governed import EXAMPLES, served

from extraction.report import IngestReport
from extraction.sources import find_sources
from governance.privacy.people import is_known_thing
from governance.privacy.scan import scan
from kg.ontology import load_ontology

# The contract alone leaves it open what PulseHarbour Core is; the registers tell.
DOCUMENTS = (
    "contract-brightfjord.docx",
    "contract-korvane-cloud.pdf",
    "records-of-processing.html",
    "risk-register.csv",
)
SYSTEMS = {"PulseHarbour Core", "PulseHarbour Archive", "Gatekeep"}
PEOPLE = {"Tomasz Wieczorek", "Viktor Halász", "Sigrid Nyqvist"}


def test_people_are_found_and_systems_are_none(tmp_path: Path) -> None:
    with served(tmp_path, f"sqlite:///{tmp_path / 'operations.db'}", extractor="local") as service:
        sources = find_sources([EXAMPLES / "corpus" / name for name in DOCUMENTS], IngestReport())
        service.ingest(sources, IngestReport(), corpus="default", access=[])
        places = list(scan(service.store, load_ontology()))
    people = {place.text for place in places if place.kind == "PERSON"}
    assert people >= PEOPLE
    assert not people & SYSTEMS
    assert {place.kind for place in places} >= {"PERSON", "EMAIL"}


@pytest.mark.parametrize(
    ("kind", "rank", "known"),
    [("System", 7, True), ("System", 3, False), ("Organization", 7, False), ("Role", 7, True)],
)
def test_only_a_sure_document_tells_that_a_name_is_no_persons(kind: str, rank: int, known: bool) -> None:
    assert is_known_thing(load_ontology(), kind, rank) is known
