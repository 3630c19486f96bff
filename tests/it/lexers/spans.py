"""Strings and comments as Python's own tokenizer sees them.

Reads one JSON string (a source) per line, and writes one line for each: {"strings": [[start, end], …], "comments": …}
in bytes, or null where the source is no Python.
"""

import ast
import io
import json
import sys
import tokenize
import warnings


def offsets(source):
    """The byte at which each line starts."""
    starts, at = [0], 0
    for line in source.split("\n"):
        at += len(line.encode()) + 1
        starts.append(at)
    return starts


def spans(source):
    ast.parse(source)
    lines, starts = source.split("\n"), offsets(source)

    def byte(place):
        row, column = place
        return starts[row - 1] + len(lines[row - 1][:column].encode())

    found = {"strings": [], "comments": []}
    opened = []
    for token in tokenize.generate_tokens(io.StringIO(source, newline="\n").readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("STRING", "COMMENT"):
            found[kind.lower() + "s"].append([byte(token.start), byte(token.end)])
        elif kind == "FSTRING_START":
            opened.append(byte(token.start))
        elif kind == "FSTRING_END":
            found["strings"].append([opened.pop(), byte(token.end)])
    return found


warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        answer = spans(json.loads(line))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        answer = None
    print(json.dumps(answer))
