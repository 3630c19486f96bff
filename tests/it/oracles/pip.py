"""Answers, line by line, what pip and packaging read: {"requirement": text} or {"file": text}."""
import json, os, sys, tempfile

from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement


def requirement(text):
    try:
        found = Requirement(text)
    except InvalidRequirement as error:
        return {"refused": str(error)}
    return {"found": [[found.name, str(found.specifier), found.url]]}


def file(text, folder, session):
    path = os.path.join(folder, "requirements.txt")
    with open(path, "wb") as out:
        out.write(text.encode())
    found = []
    try:
        for parsed in parse_requirements(path, session):
            one = install_req_from_parsed_requirement(parsed)
            link = one.link.url if one.link else None
            found.append([one.name, str(one.req.specifier) if one.req else "", link])
    except BaseException as error:  # pip leaves by SystemExit where an option is wrong
        return {"refused": type(error).__name__ + ": " + str(error)}
    return {"found": found}


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    session = PipSession()
    sys.stderr = open(os.devnull, "w")
    for line in sys.stdin:
        case = json.loads(line)
        answer = requirement(case["requirement"]) if "requirement" in case else file(case["file"], folder, session)
        print(json.dumps(answer))
