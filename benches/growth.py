"""Measures what `scan history` takes as a repository grows and as rules are added, and draws it.

  python3 benches/growth.py PROGRAM REPOSITORY PICTURE.svg

A quarter, a half and all of the commits of REPOSITORY's HEAD are scanned, then all of them with as many made-up rules more
as there are already, each with a keyword of its own. Of three runs the fastest counts: what else the machine does only adds."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

RUNS = 3
LARGEST_GROWTH = 4.5
LARGEST_FOR_RULES = 1.3
CLEAN = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")


def git(folder, *args):
    return subprocess.run(["git", "-C", folder, *args], check=True, stdout=subprocess.PIPE, text=True, env=CLEAN).stdout


def part(repository, share, folder):
    """A repository of the first commits of another one."""
    commits = git(repository, "rev-list", "--first-parent", "--reverse", "HEAD").split()
    git(os.path.dirname(folder), "init", "-q", folder)
    last = commits[max(0, round(len(commits) * share) - 1)]
    git(repository, "push", "-q", folder, f"{last}:refs/heads/part")
    git(folder, "repack", "-adq")


def scan(program, folder):
    """The least seconds, and the receipt."""
    command = [program, "scan", "history", "--no-cache", "--format", "json"]
    least = None
    for _ in range(RUNS):
        start = time.monotonic()
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN)
        seconds = time.monotonic() - start
        if done.returncode not in (0, 1):
            sys.exit(done.stderr.decode())
        least = min(least or seconds, seconds)
    return least, json.loads(done.stdout)["receipt"]


def rule(number, draw):
    word = "".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(draw.randint(4, 9)))
    pattern = f"(?<secret>{word}[_-][0-9a-f]{{32}})"
    return (
        f'[[rule]]\nid = "made-up-{number}"\ntitle = "Made-up token"\ncategory = "secret"\nseverity = "high"\n'
        f"confidence = \"high\"\npattern = '''{pattern}'''\nmessage = \"Made up.\"\nremediation = \"None.\"\n\n"
    )


def add_rules(folder, count):
    draw = random.Random(7)
    rules = os.path.join(folder, ".portcullis/rules")
    os.makedirs(rules)
    with open(os.path.join(rules, "made-up.toml"), "w") as file:
        file.write('schema = 1\npack = "made-up"\n\n' + "".join(rule(number, draw) for number in range(count)))
    git(folder, "add", ".portcullis")


def picture(points, rules):
    """Time against size: what was measured, and the line on which four times as much takes 4.5 times as long."""
    width, height, left, bottom = 640, 360, 70, 310
    most_bytes = points[-1][0]
    bar = points[0][1] * LARGEST_GROWTH / 4 * most_bytes / points[0][0]
    most_seconds = max(points[-1][1], bar)
    at = lambda size, seconds: (left + size / most_bytes * 540, bottom - seconds / most_seconds * 260)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{left} 40V{bottom}H{left + 550}" fill="none" stroke="#444"/>',
        f'<text x="{left}" y="24">scan history: seconds against MB of contents</text>',
    ]
    (x0, y0), (x1, y1) = at(*points[0][:2]), at(most_bytes, bar)
    parts.append(f'<path d="M{x0:.0f} {y0:.0f}L{x1:.0f} {y1:.0f}" stroke="#bbb" stroke-dasharray="6 4"/>')
    parts.append(f'<text x="{x1 - 90:.0f}" y="{y1 - 8:.0f}" fill="#888">4.5 times for 4</text>')
    line = "L".join("{:.0f} {:.0f}".format(*at(size, seconds)) for size, seconds in points)
    parts.append(f'<path d="M{line}" fill="none" stroke="#06c" stroke-width="2"/>')
    for size, seconds in points:
        x, y = at(size, seconds)
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#06c"/>')
        parts.append(f'<text x="{x - 20:.0f}" y="{y + 20:.0f}">{seconds:.2f} s</text>')
        parts.append(f'<text x="{x - 20:.0f}" y="{bottom + 18}">{size / 1e6:.0f} MB</text>')
    parts.append(f'<text x="{left}" y="{height - 10}">{rules}</text></svg>')
    return "\n".join(parts) + "\n"


def main(program, repository, target):
    program, repository = os.path.abspath(program), os.path.abspath(repository)
    points = []
    with tempfile.TemporaryDirectory() as top:
        for share in (0.25, 0.5, 1):
            folder = os.path.join(top, f"part-{share}")
            part(repository, share, folder)
            seconds, receipt = scan(program, folder)
            points.append((receipt["bytes"], seconds))
            print(f"{receipt['bytes'] / 1e6:8.0f} MB {receipt['entries']:8} entries {seconds:8.2f} s", flush=True)
        add_rules(folder, receipt["rules"])
        more, with_more = scan(program, folder)
    (small, fast), (large, slow) = points[0], points[-1]
    growth = slow / fast * 4 / (large / small)
    rules = f"{with_more['rules']} rules instead of {receipt['rules']}: {more / slow:.2f} times the time"
    print(f"{large / small:.1f} times the bytes: {slow / fast:.2f} times the time, so {growth:.2f} for 4 (bar {LARGEST_GROWTH})")
    print(f"{rules} (bar {LARGEST_FOR_RULES})")
    with open(target, "w") as file:
        file.write(picture(points, rules))


if __name__ == "__main__":
    main(*sys.argv[1:])
