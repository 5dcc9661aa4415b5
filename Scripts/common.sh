# What the scripts share. Sourced, with the checkout's top folder as working directory.

# say TEXT: one line of progress.
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

# die TEXT: says what went wrong and ends the script.
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# install_packages NAME…: installs the Debian packages that are missing.
install_packages() {
    local missing=()
    local name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || die "needs ${missing[*]}: install them with your package manager"
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "needs ${missing[*]}: run as root: apt-get install ${missing[*]}"
        root=(sudo)
    fi
    say "Installing ${missing[*]}"
    "${root[@]}" apt-get update -qq || die "apt-get update failed"
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install ${missing[*]}"
}

# need_swift: a Swift toolchain on the path.
need_swift() {
    command -v swift >/dev/null || die "needs a Swift 6.3 toolchain on PATH (swift.org/install)"
}

# The Debian packages that the broker is built with.
build_packages=(libzstd-dev libsnappy-dev liblz4-dev zlib1g-dev python3 python3-pip)
