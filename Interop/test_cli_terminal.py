"""`sluice` in a real terminal and in a pipe: what it draws, how wide, and how it leaves the terminal."""

import os
import re
import signal
import subprocess

import pytest

from clients import address, consumer, producer
from harness import GUEST, SLUICE, Broker, eventually
from pty_terminal import ESCAPE, Terminal


@pytest.fixture
def terminal(broker):
    """Runs the command on a pty, as the admin of the broker's data folder."""
    opened = []

    def run(*arguments, where=True, **options):
        place = ("--data", str(broker.data)) if where else ()
        opened.append(Terminal([SLUICE, *arguments, *place], **options))
        return opened[-1]

    yield run
    for one in opened:
        one.close()


def filled(broker, count=2000, size=1000):
    broker.sluice("topic", "create", "load")
    broker.sluice("bench", "produce", "load", "--records", str(count), "--size", str(size))


@pytest.fixture
def stopped_folder(broker):
    filled(broker, 200_000, 400)
    broker.stop()
    return broker.data


@pytest.mark.parametrize("columns", [40, 100, 200])
def test_a_progress_bar_appears_and_keeps_to_the_width(terminal, stopped_folder, columns):
    term = terminal("log", "check", stopped_folder, where=False, columns=columns)
    assert term.wait() == 0, term.output
    bars = re.findall(rb"checking[^\r\n]*", term.output)
    assert bars and re.search(rb"\d+ %", b"".join(bars))
    if columns >= 100:
        assert any(b"[" in bar and b"B/s" in bar for bar in bars)
    for bar in bars:
        assert len(ESCAPE.sub(b"", bar).decode()) < columns
    # The bar is gone in the end; the result stays.
    assert [line for line in term.screen if line.startswith("checking")] == []
    assert any("sound" in line for line in term.screen)
    assert term.is_sane


def test_colours_are_for_terminals_and_for_who_wants_them(terminal, stopped_folder):
    run = lambda **env: terminal("log", "check", stopped_folder, where=False, env=env)
    for term, is_coloured in [(run(), True), (run(NO_COLOR="1"), False), (run(TERM="dumb"), False)]:
        assert term.wait() == 0
        assert (b"\x1b[32msound" in term.output) == is_coloured, term.output
    assert b"\x1b" not in term.output  # of the dumb one: not even a bar


def test_ctrl_c_leaves_the_terminal_sane(terminal, stopped_folder, broker):
    term = terminal("log", "check", stopped_folder, "--records", where=False)
    term.wait_for("checking")
    term.interrupt()
    # A fast check may be through already.
    assert term.wait() in (130, 0)
    assert term.is_sane
    broker.start()
    watch = terminal("status", "--watch", "--interval", "0.2")
    watch.wait_for("load")
    watch.interrupt()
    assert watch.wait() == 130
    assert watch.is_sane


def test_a_measurement_that_is_cut_short_says_what_it_has(terminal, broker):
    broker.sluice("topic", "create", "load")
    term = terminal("bench", "produce", "load", "--seconds", "60", "--rate", "500")
    term.wait_for("records/s")
    term.interrupt()
    assert term.wait() == 130
    assert term.is_sane
    text = "\n".join(term.screen)
    assert re.search(r"\d+ records?, .* in ", text) and "latency p50" in text, text
    assert not any(line.startswith("bench") for line in term.screen)


def test_status_is_redrawn_in_place(terminal, broker):
    filled(broker)
    term = terminal("status", "--watch", "--interval", "0.2", "--count", "4", columns=60, rows=20)
    assert term.wait() == 0
    screen = term.screen
    assert sum(line.startswith("TOPIC") for line in screen) == 1, screen
    assert term.output.count(b"TOPIC") == 4
    assert all(len(line) < 60 for line in screen)
    assert any(re.match(r"load\s+1\s+0\s+2000\s+2\.\d MB\s+\d", line) for line in screen), screen


def test_status_in_a_pipe_is_a_line_each_time(broker):
    filled(broker)
    lines = broker.sluice("status", "--watch", "--interval", "0.1", "--count", "3").stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("topics 1  partitions 1  offline 0  offsets 2000") for line in lines)
    assert "per second 0" in lines[1]


def test_a_question_is_asked_on_a_terminal_only(terminal, broker):
    broker.sluice("topic", "create", "t")
    term = terminal("topic", "delete", "t")
    term.wait_for("[y/N]")
    term.write("n\n")
    assert term.wait() == 4
    term = terminal("topic", "delete", "t")
    term.wait_for("[y/N]")
    term.write("y\n")
    assert term.wait() == 0
    refused = broker.sluice("topic", "delete", "t", check=False)
    assert refused.returncode == 4 and "--yes" in refused.stderr


def test_a_view_is_made_and_deleted_on_a_terminal(terminal, broker):
    broker.deploy("scrub-ssn", GUEST)
    term = terminal("view", "create", "masked", "--module", "scrub-ssn", "--headers", "keep")
    assert term.wait() == 0
    assert any(line.startswith("created masked@1: scrub-ssn@1, on error stop") for line in term.screen), term.screen
    for answer, status, said in [("n\n", 4, "nothing was deleted"), ("y\n", 0, "deleted masked@1")]:
        term = terminal("view", "delete", "masked")
        term.wait_for("Delete masked@1?")
        term.write(answer)
        assert term.wait() == status and said in " ".join(term.screen), term.screen
        assert term.is_sane


def test_before_and_after_side_by_side_for_the_admin(terminal, broker):
    broker.sluice("topic", "create", "accounts")
    broker.sluice("produce", "accounts", input="ssn 987-65-4320\nplain\n")
    term = terminal("view", "preview", "--topic", "accounts", "--map", GUEST, columns=80)
    assert term.wait() == 0
    assert any(re.search(r"0:0\s+ssn 987-65-4320 +~ ssn \*\*\*-\*\*-\*\*\*\*", line) for line in term.screen), term.screen
    # In a pipe, and for others, there are only numbers.
    text = broker.sluice("view", "preview", "--topic", "accounts", "--map", str(GUEST)).stdout
    assert "ssn" not in text and "2 records: 1 kept, 1 changed, 0 dropped" in text
    other = Terminal([SLUICE, "view", "preview", "--topic", "accounts", "--map", GUEST, "-b", broker.address])
    assert other.wait() == 0
    assert b"ssn" not in other.output and b"2 records" in other.output
    other.close()


COMMANDS = [
    ["status"], ["user", "list"], ["acl", "list"], ["topic", "list"], ["topic", "describe", "load"], ["group", "list"], ["module", "list"], ["view", "list"],
    ["config", "describe", "topic", "load", "--all"], ["bench", "consume", "load"],
    ["view", "create", "v", "--module", "m", "--dry-run"], ["view", "delete", "w", "--dry-run"],
    ["view", "preview", "--topic", "load", "--map", str(GUEST)], ["module", "test", str(GUEST), "--input", "/dev/null"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_no_escape_byte_in_a_pipe(broker, command):
    filled(broker, 10, 10)
    if command[0] == "view":
        broker.deploy("m", GUEST)
        broker.sluice("view", "create", "w", "--module", "m", "--headers", "keep")
    where = [] if command[:2] == ["module", "test"] else ["--data", str(broker.data)]
    for more in ([], ["--output", "json"]):
        result = subprocess.run(
            [SLUICE, *command, *more, *where], capture_output=True, env={**os.environ, "TERM": "xterm-256color"})
        assert result.returncode == 0, result.stderr
        assert b"\x1b" not in result.stdout + result.stderr and b"\r" not in result.stdout + result.stderr
