"""A real broker process on a port that the kernel picks, and the clients that run against it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from wire import Wire, batch, produce

TOP = Path(__file__).resolve().parent.parent
SLUICE = os.environ.get("SLUICE") or str(TOP / ".build/debug/sluice")
GUESTS = TOP / ".vendor/guests"
GUEST = GUESTS / "scrub-ssn.wasm"
SSN = "987-65-4320"
MASK = "***-**-****"
# Generous: a loaded two-core machine runs debug builds. Nothing waits this long when all is well.
PATIENCE = 60.0


def eventually(check, what, patience=PATIENCE):
    """Calls `check` until it returns something true; returns that."""
    deadline = time.monotonic() + patience
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, f"not in {patience} s: {what}"
        time.sleep(0.05)


def build_guest(folder, name, transform):
    """Compiles a module whose `transform`, in C, judges one record (`record->verdict = …`); returns its path."""
    source, output = Path(folder) / f"{name}.c", Path(folder) / f"{name}.wasm"
    source.write_text(f"""#include "sluice.h"
SLUICE_MODULE
static inline int holds(const sluice_record *record, char c) {{
    for (int32_t i = 0; i < record->value_len; i++) if (record->value[i] == c) return 1;
    return 0;
}}
SLUICE_EXPORT("sluice_transform")
int32_t sluice_transform(sluice_batch *batch) {{
    for (uint32_t i = 0; i < batch->record_count; i++) {{
        sluice_record *record = sluice_record_at(batch, i);
        {transform}
    }}
    return 0;
}}
""")
    subprocess.run(
        [clang(), "--target=wasm32-unknown-unknown", "-O2", "-nostdlib", "-ffreestanding", "-I",
         TOP / "Examples/sdk/c", "-Wl,--no-entry", "-Wl,--strip-all", "-o", output, source], check=True)
    return output


def clang():
    """The Swift toolchain's own, which has wasm-ld beside it (as Scripts/build-guests finds it)."""
    swift = shutil.which("swift")
    folders = [os.environ.get("SLUICE_CLANG_DIR")]
    folders += [os.path.dirname(swift), os.path.dirname(os.path.realpath(swift))] if swift else []
    for folder in filter(None, folders):
        if os.path.exists(f"{folder}/clang") and os.path.exists(f"{folder}/wasm-ld"):
            return f"{folder}/clang"
    raise AssertionError("no clang with wasm-ld beside swift: set SLUICE_CLANG_DIR")


class Broker:
    """One `sluice serve` over a data folder; survives stop, kill and start with its data and its port."""

    def __init__(self, folder, *arguments, listeners=("PLAIN://localhost:0",)):
        self.data = Path(folder) / "data"
        self.log_path = Path(folder) / "broker.log"
        self.arguments = arguments
        self.listeners = listeners
        self.process = None
        self.ports = []

    @property
    def port(self):
        return self.ports[0]

    @property
    def address(self):
        return f"localhost:{self.port}"

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def start(self):
        listeners = self.listeners
        if self.ports:  # a restart keeps the ports, as a service on fixed ports does
            listeners = [re.sub(r":\d+(?=$|\?)", f":{port}", l, count=1) for l, port in zip(listeners, self.ports)]
        command = [SLUICE, "serve", "--data", str(self.data), *self.arguments]
        for listener in listeners:
            command += ["--listener", listener]
        seen = len(self.log) if self.log_path.exists() else 0
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

        def ports():
            assert self.process.poll() is None, f"the broker ended: {self.log[seen:]}"
            text = self.log[seen:]
            if "sluice is ready" not in text:
                return None
            # A listener on localhost is two sockets, of IPv4 and IPv6, with one port.
            return list(dict(re.findall(r"listening on (\w+)://[^\s/\"]*:(\d+)", text)).values())

        self.ports = [int(port) for port in eventually(ports, "the broker is ready")]
        return self

    def stop(self, patience=PATIENCE):
        """A graceful stop; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def sluice(self, *arguments, input=None, check=True):
        """Runs the command, as the administrator of this broker's data folder unless `-b` says where to go."""
        where = () if "-b" in arguments else ("--data", str(self.data))
        result = subprocess.run(
            [SLUICE, *arguments, *where], input=input, text=True, capture_output=True,
            timeout=PATIENCE)
        if check:
            assert result.returncode == 0, f"{arguments}: {result.stderr}"
        return result

    def sluice_json(self, *arguments):
        return json.loads(self.sluice(*arguments, "--output", "json").stdout)

    def scrub(self, topic="accounts", group="email-app"):
        """Binds the seed guest to a group."""
        self.deploy("scrub-ssn", GUEST)
        self.bind(group, "scrub-ssn", topic)

    def deploy(self, name, path):
        self.sluice("module", "deploy", name, str(path))

    def bind(self, group, target, topic="accounts"):
        self.sluice("view", "set", "--group", group, "--topic", topic, target, "--yes")

    def default(self, target, topic="accounts"):
        self.sluice("view", "default", "--topic", topic, target, "--yes")

    def view(self, name, module, on_error):
        """Writes a view of one step as its record, which anybody on loopback may without an authorizer."""
        assert self.chain(name, (module, {}), on_error=on_error) == (0, None)

    def chain(self, name, *steps, on_error="stop"):
        """Writes a view of several steps, each a module and its parameters; returns what `policy` does."""
        key = json.dumps(["view", name, 0], separators=(",", ":"))
        steps = [{"module": module, "headers": "keep", "with": parameters} for module, parameters in steps]
        value = {"v": 1, "on_error": on_error, "steps": steps}
        return self.policy(key, json.dumps(value, separators=(",", ":"), sort_keys=True))

    def policy(self, key, value):
        """Writes one policy record; returns the error code and the broker's words."""
        with Wire(self.port) as wire:
            records = batch([(key.encode(), value.encode(), [])])
            (answer,) = wire.call(produce("__sluice_views", records)).responses[0].partition_responses
            return answer.error_code, answer.error_message

    def assert_silent(self, secret=SSN):
        """No payload in the broker's log, ever."""
        assert secret not in self.log


class Kcat:
    """A kcat that runs on; its standard output is collected line by line. Without -E kcat ends by itself when no
    broker can be reached, whatever the broker."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            ["kcat", "-E", "-u", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            text=True, errors="replace")
        self.lines = []
        self.errors = []
        self._threads = [
            threading.Thread(target=self._collect, args=(stream, into), daemon=True)
            for stream, into in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _collect(stream, into):
        for line in stream:
            into.append(line.rstrip("\n"))

    def wait_for(self, count, patience=PATIENCE):
        try:
            return eventually(lambda: len(self.lines) >= count and list(self.lines), f"{count} lines", patience)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; {self.lines}; {self.errors}") from None

    @property
    def output(self):
        return "\n".join(self.lines + self.errors)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)


def kcat(*arguments, input=None, check=True, patience=PATIENCE):
    """Runs kcat to its end."""
    result = subprocess.run(["kcat", *arguments], input=input, capture_output=True, text=True, timeout=patience)
    if check:
        assert result.returncode == 0, f"kcat {arguments}: {result.stderr}"
    return result


class Lost:
    """Counts the bytes of answers that a muted proxy threw away."""

    bytes = 0


class CuttingProxy:
    """A TCP proxy whose connections can be cut, to see what a client does then."""

    def __init__(self, target=None):
        self.target = target
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.pairs = []
        self.lost = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            try:
                upstream = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            self.pairs.append((client, upstream))
            for source, sink in ((client, upstream), (upstream, client)):
                threading.Thread(target=self._pump, args=(source, sink, sink is client, self.cuts), daemon=True).start()

    def _pump(self, source, sink, is_answer, cuts):
        try:
            while data := source.recv(65536):
                if is_answer and self.lost and cuts == self.cuts:
                    self.lost.bytes += len(data)
                else:
                    sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @contextlib.contextmanager
    def muted(self):
        """Requests of the connections that there are pass, and their answers are thrown away. Cut them before that ends."""
        self.lost = Lost()
        try:
            yield self.lost
        finally:
            self.lost = None

    def cut(self):
        self.cuts += 1
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                    end.close()
                except OSError:
                    pass

    def close(self):
        self.server.close()
        self.cut()
