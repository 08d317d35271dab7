"""The child process that reads: `python -m kg.reading.child`.

It speaks JSON lines. In: what to open first ({"embedded": FILE} or {"uri", "user", "password", "database"}), then a
line for each statement, {"cypher", "parameters", "limit", "timeout"}, or {"cypher", "timeout"} for one that is only to
be planned. Out: {"ready": true}, then for each statement {"columns", "rows", "truncated"} or {"explained": true}, else
{"refused": SENTENCE} or {"unreachable": SENTENCE}.

It ends with its input, by SIGALRM when a statement is not done in time, and when it needs more memory than it may.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from kg.reading.source import Rows, Source
from kg.reading.statement import StatementRefused
from kg.store import StoreError

#: Beyond what the opened graph takes.
_MEMORY = 1 << 30
#: JSON characters of the rows of an answer; later rows are left out.
_MOST_CHARACTERS = 16_000_000
_NICENESS = 5  # whoever asks the server has precedence over an analyst's statement


def main() -> None:
    """Open the graph, then answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which decides
    # Its default action ends the process whatever native code it is in, and also when the parent is gone.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    os.nice(_NICENESS)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no reply
    try:
        what = json.loads(sys.stdin.readline())
        source = _open(what)
    except StoreError as error:
        _reply(replies, json.dumps({"unreachable": str(error)}))
        return
    _limit_memory()
    if "embedded" in what:
        # LOAD CSV counts as reading: were it not found by its tokens, it would find neither file nor address.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    _reply(replies, '{"ready": true}')
    for line in sys.stdin:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request["timeout"])
        answer = _answer(source, request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _reply(replies, answer)


def _reply(replies: TextIO, line: str) -> None:
    replies.write(line + "\n")
    replies.flush()


def _open(what: Mapping[str, str]) -> Source:
    if "embedded" in what:
        from kg.reading.embedded import EmbeddedSource

        return EmbeddedSource(what["embedded"])
    from kg.reading.bolt import BoltSource

    return BoltSource(**what)


def _limit_memory() -> None:
    taken = Path("/proc/self/statm")
    if not taken.exists():  # not Linux: the limit would not be heeded
        return
    pages = int(taken.read_text().split()[0])
    most = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(source: Source, request: Mapping[str, Any]) -> str:
    try:
        if "limit" not in request:
            source.explain(request["cypher"], request["timeout"])
            return '{"explained": true}'
        with source.running(request["cypher"], request["parameters"], request["timeout"]) as (columns, rows):
            return _encoded(columns, rows, request["limit"])
    except StatementRefused as error:
        return json.dumps({"refused": str(error)})
    except StoreError as error:
        return json.dumps({"unreachable": str(error)})


def _encoded(columns: Sequence[str], rows: Rows, limit: int) -> str:
    encoded: list[str] = []
    room = _MOST_CHARACTERS
    truncated = False
    for row in rows:
        text = json.dumps(row, allow_nan=False)
        room -= len(text)
        truncated = len(encoded) == limit or room < 0
        if truncated:
            break
        encoded.append(text)
    if truncated and limit and not encoded:
        raise StatementRefused("A single row of the answer is larger than 16 MB; return less in it.")
    return f'{{"columns": {json.dumps(columns)}, "rows": [{",".join(encoded)}], "truncated": {json.dumps(truncated)}}}'


if __name__ == "__main__":
    main()
