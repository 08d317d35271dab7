"""The explorer: Neo4j Browser, as the test server serves it, in a real headless Chromium, on ingested documents.

EVIGRAPH_SCREENSHOTS names a folder for pictures of what is seen; without it they go with the test's temporary files.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import Page, chromium
from neo4j_server import Server

from extraction.ingest import IngestOptions, ingest
from extraction.report import IngestReport
from extraction.sources import find_sources
from kg.bolt import Neo4jStore
from kg.browser import export, type_colours
from kg.ontology import load_ontology
from kg.store import Neo4jLogin

pytestmark = pytest.mark.alone

CORPUS = Path(__file__).resolve().parent.parent / "examples" / "corpus"
SAMPLES = ("backup-policy.txt", "contract-dunmore.txt", "system-inventory.csv")
BARE = "MATCH p=()-->() RETURN p LIMIT 50"
# The caption of each circle that is drawn, and its colour. A caption has lines, each beginning with a space.
CIRCLES = """[...document.querySelectorAll('article[data-testid=frame] g.node')].map(node => [
    [...node.querySelectorAll('text.caption')].map(line => line.textContent).join('').trim(),
    node.querySelector('circle.b-outline').getAttribute('fill')])"""
ARROWS = "[...document.querySelectorAll('article[data-testid=frame] g.relationship')].map(arrow => arrow.textContent)"
FAVOURITES = "(localStorage.getItem('neo4j.documents') || '')"
NOTHING_HOVERS = "!document.querySelector('.has-file-hovering')"

Look = Callable[[str], None]


@pytest.fixture(scope="module")
def filled(clean_neo4j_module: Server) -> Server:
    """The server with a few of the sample documents, ingested as anybody would."""
    server = clean_neo4j_module
    store = Neo4jStore(server.uri, Neo4jLogin(server.user, server.password, "neo4j"))
    report = IngestReport()
    sources = find_sources([CORPUS / name for name in SAMPLES], report)
    ingest(store, sources, IngestOptions(extractor="rules"), report, lambda done, total, name: None)
    store.close()
    assert not report.refused
    return server


@pytest.fixture(scope="module")
def browser(filled: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Signed in, with the style and the favourites dropped into the window, as docs/browser.md tells."""
    folder = tmp_path_factory.mktemp("browser")
    sheet, archive = export(load_ontology(), folder / "export")
    with chromium(folder / "profile") as page:
        page.open(f"{filled.http}/browser/")
        page.fill("[data-testid=username]", filled.user)
        page.fill("[data-testid=password]", filled.password)
        page.click("[data-testid=connect]")
        page.wait_for("document.body.innerText.includes('You are connected as user neo4j')")
        page.drop(sheet, f"document.body.innerText.includes('node.System') && {NOTHING_HOVERS}")
        page.drop(archive, f"{FAVOURITES}.includes('Who owns what') && {NOTHING_HOVERS}")
        page.click("[data-testid=navigationFavorites]")
        page.wait_for("document.body.innerText.includes('Evigraph graphs')")
        yield page


@pytest.fixture
def look(browser: Page, tmp_path: Path) -> Look:
    """Takes a picture under a name."""
    folder = Path(os.environ.get("EVIGRAPH_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        time.sleep(1)  # circles glide to their places, and a picture is no check
        browser.screenshot(folder / f"{name}.png")

    return take


def run(page: Page, text: str) -> None:
    """Type into the editor and run, with nothing of before left on the page."""
    clear(page)
    _type(page, text)


def clear(page: Page) -> None:
    """Leave no frame on the page."""
    _type(page, ":clear")
    page.wait_for("document.querySelectorAll('article[data-testid=frame]').length === 0")


def _type(page: Page, text: str) -> None:
    page.click("[data-testid=activeEditor] .monaco-editor")
    page.press("a", ord("A"), control=True)
    page.insert(text)
    page.click("[data-testid=editor-Run]")


def run_favourite(page: Page, folder: str, title: str) -> None:
    """Click the run button of a favourite in the sidebar, with nothing of before left on the page."""
    clear(page)
    found = f"document.querySelector('[data-testid=\"scriptTitle-{title}\"]')"
    if not page.evaluate(f"!!{found}"):
        page.click(f"[data-testid='expandFolder-{folder}']")
    page.wait_for(f"!!{found}")
    item = f"{found}.closest('[data-testid=savedScriptListItem]')"
    page.evaluate(f"{item}.querySelector('[data-testid=savedScriptsButton-Run]').click()")


def drawn(page: Page) -> dict[str, str]:
    """Captions and colours, once the result is drawn and fits its frame."""
    page.wait_for(f"{CIRCLES}.length > 0")
    page.click("[aria-label=zoom-to-fit]")
    return dict(page.evaluate(CIRCLES))


def test_it_tells_who_is_signed_in(browser: Page, look: Look) -> None:
    look("signed-in")
    assert "node.System" in browser.evaluate("document.body.innerText")


def test_a_bare_match_shows_names_in_the_colours_of_their_types(browser: Page, look: Look) -> None:
    run(browser, BARE)
    circles = drawn(browser)
    look("bare-match")
    assert not [caption for caption in circles if re.match(r"\w_[0-9a-f]{6}", caption)], "an id says nothing"
    assert all(circles), "each circle has a caption"
    colours = type_colours(load_ontology())
    assert len(set(circles.values())) >= 4
    assert set(circles.values()) & set(colours.values())


def test_who_owns_what_is_drawn_with_typed_edges(browser: Page, look: Look) -> None:
    run_favourite(browser, "Evigraph graphs", "Who owns what")
    circles = drawn(browser)
    look("who-owns-what")
    colours = type_colours(load_ontology())
    assert circles["Lantern CRM"] == colours["System"]
    assert circles["Fatima El-Amrani"] == colours["Person"]
    browser.wait_for(f"{ARROWS}.includes('OWNS')")


def test_where_it_is_written_leads_from_a_name_to_documents(browser: Page, look: Look) -> None:
    run(browser, ":param name => 'Lantern CRM'")
    browser.wait_for("document.body.innerText.includes('\"name\"')")
    run_favourite(browser, "Evigraph graphs", "Where it is written")
    circles = drawn(browser)
    look("where-it-is-written")
    assert {"HOSTED BY", "Lantern CRM", "system inventory"} <= circles.keys()
    # What joins the circles beside the paths that were asked for comes with a second query of the explorer's.
    browser.wait_for(f"['EVIDENCED_BY', 'HAS_PASSAGE', 'HOSTED_BY'].every(name => {ARROWS}.includes(name))")


def test_what_has_no_default_is_asked_for(browser: Page, look: Look) -> None:
    run_favourite(browser, "Evigraph graphs", "One document")
    browser.wait_for("document.body.innerText.includes('Expected parameter(s): title')")
    look("asked-for-a-parameter")


def test_an_analyst_query_shows_its_table(browser: Page, look: Look) -> None:
    run_favourite(browser, "Evigraph tables", "Who is responsible for what?")
    browser.wait_for("document.querySelectorAll('article[data-testid=frame] [role=row], article table tr').length > 5")
    look("who-is-responsible")
    shown = browser.evaluate("document.querySelector('article[data-testid=frame]').innerText")
    for word in ("predicate", "Fatima El-Amrani", "OWNS", "Lantern CRM", "system inventory"):
        assert word in shown
