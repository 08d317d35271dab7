"""What `make demo` runs: the sample corpus into a graph, one question over several of its documents, what to do next.

A second run adds nothing. The graph is in .cache/demo, or wherever EVIGRAPH_GRAPH says.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIGRAPH = Path(sys.executable).parent / "evigraph"
# The incident report names the system, the inventory its supplier, the vendor register the notice period.
QUESTION = "What notice period do we have with the supplier hosting the system that was affected by INC-2026-003?"


def main() -> int:
    """Run the demonstration; the exit code of the first command that fails."""
    given = os.environ.get("EVIGRAPH_GRAPH")
    graph = given or "embedded:.cache/demo/graph"
    environment = {**os.environ, "EVIGRAPH_GRAPH": graph}
    command = shown(EVIGRAPH)
    if not given:
        print(f"$ export EVIGRAPH_GRAPH={shlex.quote(graph)}")
    for arguments in (["ingest", "examples/corpus"], ["ask", QUESTION]):
        print(f"$ {command} {shlex.join(arguments)}", flush=True)
        code = subprocess.run([EVIGRAPH, *arguments], cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
        print()
    print(what_next(command, graph))
    return 0


def shown(path: Path) -> str:
    """A path as one would type it in the repository's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def what_next(command: str, graph: str) -> str:
    """Commands to go on with."""
    return f"""Now you. In this folder:

  export EVIGRAPH_GRAPH={shlex.quote(graph)}
  {command} ask "Within how many hours does Korvane have to tell us about a security incident?"
  {command} search "restore tests of backups"
  {command} entities Quillpay
  {command} show password-standard.md --facts
  {command} ingest PATH              your own files and folders
  {command} doctor                   what is set up, and what could be
  {command} serve                    and, from another terminal:
  curl -s http://127.0.0.1:8000/v1/ask -H 'Content-Type: application/json' -d '{{"question": "{QUESTION}"}}'
"""


if __name__ == "__main__":
    raise SystemExit(main())
