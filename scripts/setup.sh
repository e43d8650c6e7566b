#!/usr/bin/env bash
# Installs what is missing, part by part, and is silent about what is there.
# Usage: scripts/setup.sh PART...    parts: see the functions named part_* below.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly WASM_TARGET=wasm32-unknown-unknown
readonly CARGO_LEPTOS_VERSION=0.3.6
readonly TOOLS="$PWD/target/tools"
export PATH="$TOOLS/bin:$PATH"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# apt_install WHY PACKAGE...
apt_install() {
    local why=$1
    shift
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail "$why" "Neither root nor sudo is at hand. Ask somebody who is root to run:" "    apt-get install $*"
        as_root=(sudo)
    fi
    say "$why Installing $*"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >&2
}

# cargo_install CRATE VERSION [OPTION...]: built once, so quick to build matters more than quick to run.
cargo_install() {
    local crate=$1 version=$2
    shift 2
    say "Building $crate $version (some minutes, only this once)"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_TARGET_DIR="$TOOLS/build" cargo install "$crate" --version "$version" --root "$TOOLS" "$@"
    rm -rf "$TOOLS/build"
}

locked_version() {
    awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3 }' Cargo.lock
}

part_compiler() {
    command -v cargo >/dev/null || fail "Rust is missing. Get it from https://rustup.rs and start again."
    command -v node >/dev/null || fail "Node.js (20 or newer) is missing. Install it and start again."
    command -v cc >/dev/null || apt_install "SQLite is compiled from C." gcc libc6-dev
}

# The fuzzer itself is built by cargo from the sources in its crate.
part_fuzzer() {
    command -v c++ >/dev/null || apt_install "The fuzzer is compiled from C++." g++
}

# Where rustup cannot reach its server, Debian's own compiler serves; scripts/wasm-cargo knows how to use it.
part_rust-target() {
    scripts/wasm-cargo ready && return
    say "Adding the Rust target $WASM_TARGET"
    if command -v rustup >/dev/null && rustup target add "$WASM_TARGET"; then
        return
    fi
    apt_install "rustup cannot deliver $WASM_TARGET, Debian's compiler can." rustc-web cargo-web rust-web-src \
        rust-web-clippy lld-22
}

part_rust-checks() {
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
}

# It must match the library to the patch. Its own lock file names a withdrawn crate, hence no --locked.
part_wasm-bindgen() {
    local version
    version=$(locked_version wasm-bindgen)
    if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $version" ] ||
        ! command -v wasm-bindgen-test-runner >/dev/null; then
        cargo_install wasm-bindgen-cli "$version" --no-default-features
    fi
}

part_cargo-leptos() {
    command -v cargo-leptos >/dev/null || cargo_install cargo-leptos "$CARGO_LEPTOS_VERSION" --locked
}

# No package here needs its install scripts, and none may download a browser.
npm_packages() {
    local folder=$1
    local installed="$folder/node_modules/.installed-lock.json"
    cmp -s "$folder/package-lock.json" "$installed" && return
    say "Installing the packages of $folder"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    cp "$folder/package-lock.json" "$installed"
}

part_node-tools() { npm_packages scripts; }

part_end2end() { npm_packages end2end; }

part_browser() {
    local missing=()
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
    [ -x "${CHROMEDRIVER:-/usr/bin/chromedriver}" ] || missing+=(chromium-driver)
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
    [ ${#missing[@]} -eq 0 ] || apt_install "The tests need a browser and Chinese letters." "${missing[@]}"
}

# The tests start a server of their own; the one that Debian's package starts is not used.
part_databases() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
        apt_install "The tests need PostgreSQL." postgresql
}

[ $# -gt 0 ] || fail "Usage: scripts/setup.sh PART..." "Parts: $(declare -F | sed -n 's/^declare -f part_//p' | xargs)"
for part in "$@"; do
    declare -F "part_$part" >/dev/null || fail "There is no part '$part'."
    "part_$part"
done
