"""The Debian package: built from the program under test, unpacked, and run from where it was put."""

import os
import re
import shutil
import subprocess

import pytest

from harness import SLUICE, TOP, Broker, kcat


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    for tool in ("dpkg-deb", "dpkg-shlibdeps", "patchelf", "strip"):
        if not shutil.which(tool):
            pytest.fail(f"{tool} isn't installed (apt-get install dpkg-dev patchelf binutils)")
    folder = tmp_path_factory.mktemp("deb")
    result = subprocess.run(
        [TOP / "Scripts/package-deb", folder], env=dict(os.environ, SLUICE_BINARY=SLUICE), text=True,
        capture_output=True)
    assert result.returncode == 0, result.stderr
    file = result.stdout.strip()
    assert os.path.dirname(file) == str(folder)
    return file


def test_what_is_in_it(package):
    names = subprocess.run(["dpkg-deb", "-c", package], text=True, capture_output=True, check=True).stdout
    entries = {line.split(maxsplit=5)[5]: line.split()[:2] for line in names.splitlines()}
    for path in ("./usr/lib/sluice/sluice", "./usr/lib/sluice/libwasmtime.so", "./etc/sluice/sluice.yaml",
                 "./usr/lib/systemd/system/sluice.service", "./usr/share/doc/sluice/copyright",
                 "./usr/share/doc/sluice/operations.md", "./usr/share/man/man1/sluice.1.gz",
                 "./usr/share/bash-completion/completions/sluice", "./usr/share/zsh/vendor-completions/_sluice",
                 "./usr/share/fish/vendor_completions.d/sluice.fish"):
        assert path in entries
    assert any(path.startswith("./usr/bin/sluice -> ../lib/sluice/sluice") for path in entries)
    for path, (mode, owner) in entries.items():
        assert owner == "root/root", path
        assert mode[0] == "l" or mode[5] == "-" and mode[8] == "-", f"{path} can be written by others"
    assert not [path for path in entries if "/var/" in path]
    info = subprocess.run(["dpkg-deb", "-f", package], text=True, capture_output=True, check=True).stdout
    assert re.search(r"^Depends: adduser, .*libc6 \(>=", info, re.M)
    assert "libzstd1" in info and "liblz4-1" in info and "libsnappy1v5" in info
    version = subprocess.run([SLUICE, "--version"], text=True, capture_output=True, check=True).stdout.strip()
    assert f"\nVersion: {version}\n" in info


def test_it_runs_where_it_is_put(package, tmp_path, monkeypatch):
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    program = root / "usr/bin/sluice"
    # Its libraries come from beside it or from Debian, not from where it was built.
    libraries = subprocess.run(["ldd", root / "usr/lib/sluice/sluice"], text=True, capture_output=True, check=True).stdout
    assert "not found" not in libraries
    for line in libraries.splitlines():
        path = line.split("=>")[-1].split()[0]
        assert path.startswith((str(root), "/lib", "/usr/lib", "linux-vdso")), line
    assert str(TOP) not in subprocess.run(
        ["patchelf", "--print-rpath", root / "usr/lib/sluice/sluice"], text=True, capture_output=True).stdout
    settings = (root / "etc/sluice/sluice.yaml").read_text().replace(":9092", ":0").replace(":9644", ":0")
    configuration = tmp_path / "sluice.yaml"
    configuration.write_text(settings)
    monkeypatch.setattr("harness.SLUICE", str(program))
    broker = Broker(tmp_path, "--config", str(configuration), listeners=())
    try:
        broker.start()
        assert "metrics and health on http://127.0.0.1:" in broker.log
        broker.sluice("topic", "create", "accounts")
        # The engine in the package runs the view.
        broker.scrub()
        broker.sluice("produce", "accounts", input="a 987-65-4320\n")
        out = kcat("-b", broker.address, "-G", "email-app", "-e", "-q", "-X", "auto.offset.reset=earliest", "accounts")
        assert out.stdout == "a ***-**-****\n"
        assert broker.stop() == 0
    finally:
        broker.close()


def test_shells_and_man_find_theirs(package, tmp_path):
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    for shell, path in {
        "bash": "bash-completion/completions/sluice", "zsh": "zsh/vendor-completions/_sluice",
        "fish": "fish/vendor_completions.d/sluice.fish",
    }.items():
        own = subprocess.run([SLUICE, "completions", shell], text=True, capture_output=True, check=True).stdout
        assert (root / "usr/share" / path).read_text() == own
        if shutil.which(shell):
            subprocess.run([shell, "-n", root / "usr/share" / path], check=True)
    # zsh autoloads it by this line, bash by the name of the file.
    assert (root / "usr/share/zsh/vendor-completions/_sluice").read_text().startswith("#compdef sluice")
    assert "complete -o filenames -F _sluice sluice" in (root / "usr/share/bash-completion/completions/sluice").read_text()
    page = subprocess.run(
        ["gzip", "-dc", root / "usr/share/man/man1/sluice.1.gz"], text=True, capture_output=True, check=True).stdout
    assert page.startswith(".TH SLUICE 1")


def test_the_scripts_are_shell_and_the_unit_is_read(package, tmp_path):
    control = tmp_path / "control"
    subprocess.run(["dpkg-deb", "-e", package, control], check=True)
    for script in ("postinst", "prerm", "postrm"):
        subprocess.run(["sh", "-n", control / script], check=True)
        assert os.access(control / script, os.X_OK)
    assert (control / "conffiles").read_text() == "/etc/sluice/sluice.yaml\n"
    unit = (TOP / "Scripts/packaging/sluice.service").read_text()
    keys = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    assert keys["Type"] == "notify" and keys["User"] == "sluice" and keys["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert keys["ExecStart"].startswith("/usr/bin/sluice serve ")
    # A service manager that is there reads it without a word.
    if shutil.which("systemd-analyze"):
        fixed = tmp_path / "sluice.service"
        fixed.write_text(unit.replace("/usr/bin/sluice", SLUICE).replace("User=sluice", "User=root")
                         .replace("Group=sluice", "Group=root"))
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", fixed], text=True, capture_output=True)
        assert "sluice.service" not in result.stderr, result.stderr
