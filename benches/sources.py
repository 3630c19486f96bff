"""Lines that look like sources, the same ones in every run. Knows no repository."""

import random

random.seed(1)

WORDS = "account amount batch cache client config count cursor entry event field filter handler index item key limit " \
    "list message node offset order page parser path payload queue record request response result row schema session " \
    "size source state status stream table target task time title token total tree type user value version".split()
KINDS = {
    "py": "    {0} = self.{1}({2}, {3}={4})",
    "ts": "  const {0} = await {1}.{2}({{ {3}: {4} }});",
    "rs": "    let {0} = {1}.{2}({3}, {4})?;",
    "go": "\t{0}, err := {1}.{2}({3}, {4})",
    "json": '  "{0}_{1}": "{2} {3} {4}",',
    "md": "The {0} of a {1} is the {2} that its {3} was given, at most {4}.",
}


def kind_of(number):
    return list(KINDS)[number % len(KINDS)]


def path_of(number):
    folder = f"services/{WORDS[number % 40]}/src/{WORDS[number // 40 % 50]}"
    return f"{folder}/{WORDS[number // 7 % 50]}_{number}.{kind_of(number)}"


def line(kind):
    return KINDS[kind].format(*random.choices(WORDS, k=4), random.randrange(1000))


def lines(kind, least=20, most=120):
    return [line(kind) for _ in range(random.randrange(least, most))]
