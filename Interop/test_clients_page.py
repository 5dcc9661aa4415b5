"""Docs/clients.md holds the table of matrix.py. SLUICE_GOLDEN=write writes it."""

import os
import re

import matrix
from harness import TOP

PAGE = TOP / "Docs" / "clients.md"
PARTS = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


def table():
    notes = {}

    def cell(client, scenario):
        reason = matrix.CANNOT.get((client, scenario))
        part = matrix.PARTLY.get((client, scenario))
        assert not (reason and part)
        text = reason or part
        if text is None:
            return "✓"
        number = notes.setdefault(text, len(notes) + 1)
        return f"{'–' if reason else '✓'} [{number}]"

    heads = [f"{name} {version}" + (f" (librdkafka {library})" if library else "")
             for name, version, library in matrix.CLIENTS.values()]
    lines = ["| |" + "".join(f" {head} |" for head in heads), "|---|" + ":---:|" * len(heads)]
    for scenario, words in matrix.SCENARIOS.items():
        cells = " | ".join(cell(client, scenario) for client in matrix.CLIENTS)
        lines.append(f"| {words[0].upper()}{words[1:]} | {cells} |")
    lines += [""] + [f"{number}. {text}." for text, number in notes.items()]
    return "\n".join(lines) + "\n"


def test_page_is_current():
    page = PAGE.read_text()
    wanted = PARTS.sub(lambda _: table(), page)
    if os.environ.get("SLUICE_GOLDEN") == "write":
        PAGE.write_text(wanted)
    assert PARTS.search(page) and PAGE.read_text() == wanted, "Docs/clients.md is stale: run with SLUICE_GOLDEN=write"


def test_versions_are_those_that_are_installed():
    pinned = dict(line.split("==") for line in (TOP / "Interop/requirements.txt").read_text().split())
    for client in ("confluent-kafka", "kafka-python", "aiokafka"):
        assert matrix.CLIENTS[client][1] == pinned[client]
    assert f"kafka-clients-{matrix.CLIENTS['java'][1]}.jar" in (TOP / "Interop/java/jars.txt").read_text()
