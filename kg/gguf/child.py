"""The child process that holds a model: `python -m kg.gguf.child MODEL CONTEXT THREADS`.

It speaks JSON lines. In: the prompt's head first, {"text": "..."}, then a line for each
request, {"text": "...", "opening": "[", "tokens": 768}. Out: the
answer in pieces, {"text": "..."}, as they come, and {"end": ""} once the model is loaded and after each answer, or
{"end": "long"} for a prompt that the model has no room for. The end of its input ends it, so it outlives no parent.
"""

import codecs
import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from ctypes import c_int
from pathlib import Path
from typing import TextIO

from ctransformers.llm import LLM, Config

_MARK = re.compile(r'\\.|["\[\]]', re.DOTALL)
_BATCH = 128  # tokens of a prompt that are read at once; the default of 8 takes half as long again


def main(path: str, context: int, threads: int) -> None:
    """Load the model and answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which decides
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever the library prints is no reply
    config = Config(context_length=context, threads=threads, batch_size=_BATCH)
    llm = LLM(path, config=config, lib=_library())
    head = tokens_of(llm, json.loads(sys.stdin.readline())["text"], llm.model_type == "llama")
    if len(head) < context:
        llm.eval(llm.prepare_inputs_for_generation(head[:-1]))
    _reply(replies, end="")
    for line in sys.stdin:
        request = json.loads(line)
        tail = tokens_of(llm, request["text"], False)
        if len(head) + len(tail) + request["tokens"] > context:
            _reply(replies, end="long")
            continue
        for piece in generate(llm, head, tail, request["opening"], request["tokens"]):
            _reply(replies, text=piece)
        _reply(replies, end="")


def generate(llm: LLM, head: Sequence[int], tail: Sequence[int], opening: str, most: int) -> Iterator[str]:
    """The answer, greedily, in pieces: up to the model's own end, or `most` tokens, or the end of the JSON array that
    `opening`, the tail's end, begins; "" begins none."""
    # The head but its last token is read already. Reading it and the tail in the same batches every time keeps the
    # rounding of sums the same, so that an answer does not depend on the passages before.
    llm.eval(llm.prepare_inputs_for_generation(head))
    # JSON repeats its keys, so repetition is not penalised.
    tokens = llm.generate(tail, top_k=1, top_p=1.0, temperature=1.0, repetition_penalty=1.0, seed=1, reset=False)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    answer = opening
    for count, token in enumerate(tokens, start=1):
        piece = decoder.decode(llm.detokenize([token], decode=False))
        answer += piece
        if piece:
            yield piece
        if count >= most or (opening and "]" in piece and array_ended(answer)):
            return


def array_ended(text: str) -> bool:
    """Whether the first JSON array of the text is complete, so that there is nothing more to wait for."""
    depth, in_string = 0, False
    for match in _MARK.finditer(text):
        mark = match.group()
        if mark == '"':
            in_string = not in_string
        elif mark == "[" and not in_string:
            depth += 1
        elif mark == "]" and not in_string and depth > 0:
            depth -= 1
            if depth == 0:
                return True
    return False


def tokens_of(llm: LLM, text: str, begins: bool) -> list[int]:
    """The tokens of a text; `begins` puts the token before them that begins every text of some models.

    The library's own method makes room for a token a character, but a character can be four: that writes past the end.
    """
    data = text.replace("\0", " ").encode("utf-8", "replace")
    tokens = (c_int * (len(data) + 8))()
    count: int = llm.ctransformers_llm_tokenize(data, begins, tokens)
    return list(tokens[:count])


def _library() -> str:
    """The build of the library for this processor; asked for none, it dies on some."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        flags = set(cpuinfo.read_text().split())
    else:
        from cpuinfo import get_cpu_info

        flags = set(get_cpu_info().get("flags", []))
    return "avx2" if "avx2" in flags else "avx" if {"avx", "f16c"} <= flags else "basic"


def _reply(replies: TextIO, **message: str) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
