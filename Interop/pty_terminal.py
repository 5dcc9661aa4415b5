"""The command in a real terminal: a pty that keeps what was drawn, with a screen of its own."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ESCAPE = re.compile(rb"\x1b\[([0-9;?]*)([A-Za-z])")


class Terminal:
    """Runs a program with its standard streams on a pty."""

    def __init__(self, arguments, columns=100, rows=30, env=None, cwd=None):
        self.output = b""
        self.columns, self.rows = columns, rows
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        environment |= {"TERM": "xterm-256color", **(env or {})}
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for descriptor in (0, 1, 2):
                os.dup2(slave, descriptor)
            os.closerange(3, 256)
            if cwd:
                os.chdir(cwd)
            os.execvpe(str(arguments[0]), [str(a) for a in arguments], environment)
        self.master = master
        self.status = None

    def pump(self, seconds=0.1):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                return False
        return True

    def wait_for(self, text, patience=60):
        end = time.monotonic() + patience
        while text.encode() not in self.output:
            assert time.monotonic() < end, f"no {text!r} in {self.output!r}"
            assert self.poll() is None or text.encode() in self.output, f"ended without {text!r}: {self.output!r}"
            self.pump()

    def write(self, text):
        os.write(self.master, text.encode())

    def interrupt(self):
        """Ctrl-C, as the terminal's driver makes a signal of it."""
        self.write("\x03")

    def poll(self):
        if self.status is None:
            self.pump(0)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                while self.pump(0) and select.select([self.master], [], [], 0)[0]:
                    pass
        return self.status

    def wait(self, patience=60):
        end = time.monotonic() + patience
        while self.poll() is None:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError(f"still running after {patience} s: {self.output!r}")
            self.pump()
        return self.status

    def close(self):
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)

    @property
    def is_sane(self):
        """The terminal's modes are as they were, and the cursor was never left hidden."""
        hidden = [m.group() for m in ESCAPE.finditer(self.output) if m.group() in (b"\x1b[?25l", b"\x1b[?25h")]
        return termios.tcgetattr(self.slave) == self.before and (not hidden or hidden[-1] == b"\x1b[?25h")

    @property
    def screen(self):
        """The lines that stand there in the end; understands what the command draws with."""
        lines, row, column = [[]], 0, 0
        text, position = self.output, 0
        while position < len(text):
            match = ESCAPE.match(text, position)
            if match:
                arguments, letter = match.groups()
                count = int(arguments or b"1") if arguments.isdigit() or not arguments else 1
                if letter == b"K":
                    lines[row] = lines[row][:column]
                elif letter == b"J":
                    lines[row] = lines[row][:column]
                    del lines[row + 1:]
                elif letter == b"A":
                    row = max(0, row - count)
                position = match.end()
                continue
            end = position + 1
            while end < len(text) and text[end] & 0xC0 == 0x80:
                end += 1
            character = text[position:end]
            position = end
            if character == b"\r":
                column = 0
            elif character == b"\n":
                row += 1
                if row == len(lines):
                    lines.append([])
            else:
                line = lines[row]
                line.extend([b" "] * (column + 1 - len(line)))
                line[column] = character
                column += 1
        return [b"".join(line).decode(errors="replace").rstrip() for line in lines]
