"""The explorer: Neo4j Browser, as the test server serves it, in a real headless Chromium."""

import subprocess
from pathlib import Path

from neo4j_server import Server

# Chromium would look up its maker's hosts; nothing may leave the machine, and refused look-ups only take time.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


def test_the_browser_shows_its_sign_in(neo4j_server: Server, tmp_path: Path) -> None:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", *QUIET, f"--user-data-dir={tmp_path}"]
    page = subprocess.run(
        [*command, "--virtual-time-budget=20000", "--dump-dom", f"{neo4j_server.http}/browser/"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    assert "Neo4j Browser" in page
    assert 'type="password"' in page
