"""Makes a history out of releases of packages, for benches/history.sh: between two releases every changed file goes through
intermediate versions, hunk by hunk, in commits of four files, as if somebody had written it.

  python3 benches/releases.py RELEASES REPOSITORY [VERSIONS]

RELEASES holds NAME-VERSION.tgz or .tar.gz as `npm pack` and `pip download` leave them; REPOSITORY is an empty repository;
VERSIONS is how many a change is cut into at most (12)."""

import difflib
import os
import random
import re
import subprocess
import sys
import tarfile

random.seed(7)
LARGEST_FILE = 4 << 20
MOST_LINES = 12_000


def releases(folder):
    found = {}
    for file in os.listdir(folder):
        match = re.match(r"(.+?)-(\d[\w.]*?)\.(?:tgz|tar\.gz)$", file)
        if match:
            version = tuple(int(part) if part.isdigit() else 0 for part in re.split(r"\D+", match[2]))
            found.setdefault(match[1].lower(), []).append((version, os.path.join(folder, file)))
    return [(name, [path for _, path in sorted(found[name])]) for name in sorted(found)]


def files(path):
    with tarfile.open(path) as archive:
        wanted = [one for one in archive if one.isfile() and one.size < LARGEST_FILE]
        named = {"/".join(one.name.split("/")[1:]): archive.extractfile(one).read() for one in wanted}
    return {name: content for name, content in named.items() if name and ".." not in name}


def between(old, new, most):
    """The versions on the way from one content to the other, without both."""
    old, new = old.splitlines(True), new.splitlines(True)
    if len(old) + len(new) > MOST_LINES:
        return
    steps = difflib.SequenceMatcher(None, old, new).get_opcodes()
    hunks = [idx for idx, step in enumerate(steps) if step[0] != "equal"]
    random.shuffle(hunks)
    count = min(most, len(hunks))
    for version in range(1, count):
        done = set(hunks[: len(hunks) * version // count])
        parts = [new[b1:b2] if idx in done else old[a1:a2] for idx, (_, a1, a2, b1, b2) in enumerate(steps)]
        yield b"".join(line for part in parts for line in part)


class History:
    def __init__(self, repository):
        command = ["git", "-C", repository, "fast-import", "--quiet", "--force"]
        self.git = subprocess.Popen(command, stdin=subprocess.PIPE)
        self.commits = self.bytes = 0

    def commit(self, changes):
        self.commits += 1
        number, who = self.commits, f"Dev {self.commits % 17} <dev@example.org>"
        lines = f"commit refs/heads/main\nmark :{number}\ncommitter {who} {1500000000 + number * 600} +0000\ndata 6\nchange\n"
        lines += f"from :{number - 1}\n" if number > 1 else ""
        write = self.git.stdin.write
        write(lines.encode())
        for path, content in changes:
            if content is None:
                write(f"D {path}\n".encode())
                continue
            self.bytes += len(content)
            write(f"M 644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        write(b"\n")

    def release(self, package, old, new, most):
        versions = {}
        for path in sorted(set(old) | set(new)):
            before, after = old.get(path), new.get(path)
            if before != after:
                way = between(before, after, most) if before and after else ()
                versions[f"{package}/{path}"] = [*way, after]
        if not old:
            self.commit([(path, contents[0]) for path, contents in versions.items()])
            return
        while versions:
            some = random.sample(sorted(versions), min(4, len(versions)))
            self.commit([(path, versions[path].pop(0)) for path in some])
            versions = {path: left for path, left in versions.items() if left}


def main(folder, repository, most="12"):
    history = History(repository)
    for package, paths in releases(folder):
        old = {}
        for path in paths:
            new = files(path)
            history.release(package, old, new, int(most))
            old = new
            print(os.path.basename(path), history.commits, "commits", history.bytes >> 20, "MB", flush=True)
    history.git.stdin.close()
    history.git.wait()


main(*sys.argv[1:])
