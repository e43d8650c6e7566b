#!/usr/bin/env bash
# Looks for known weaknesses of the crates in use, where the list of them is on this machine already.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo_home="${CARGO_HOME:-$HOME/.cargo}"

if cargo deny --version >/dev/null 2>&1 && compgen -G "$cargo_home/advisory-dbs/*" >/dev/null; then
    cargo deny --offline check advisories
elif cargo audit --version >/dev/null 2>&1 && [ -d "$cargo_home/advisory-db" ]; then
    cargo audit --no-fetch --stale
else
    echo "Advisories: not checked. Neither cargo-deny nor cargo-audit is here with its list of advisories."
fi
