#!/usr/bin/env bash
# Fuzzes what reads bytes from the network and the disk, target by target, and keeps a few inputs that
# together reach nearly all that was reached. Usage: scripts/fuzz.sh [TARGET...]   SECONDS_EACH: how long for each target.
#
# libFuzzer comes with its crate; the marks that it needs in our code are made by flags of the stable compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SECONDS_EACH=${SECONDS_EACH:-60}
readonly HOST=$(rustc -vV | sed -n 's/^host: //p')
readonly BUILT=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
# What the fuzzer has kept so far, more than the repository keeps, and the inputs that failed.
readonly GROWN=$BUILT/corpus FAILED=$BUILT/failed
readonly KEPT=fuzz/corpus
# The most files of a target that the repository keeps, and their bytes together.
readonly FILES_MAX=100 BYTES_MAX=61440

build() {
    RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares" \
        CARGO_TARGET_DIR="$BUILT" cargo build --release --locked --manifest-path fuzz/Cargo.toml --target "$HOST"
}

# run TARGET OPTION...
run() {
    local target=$1
    shift
    QINDA_FUZZ=$target "$BUILT/$HOST/release/fuzz" -rss_limit_mb=1024 -timeout=10 "$@"
}

# fuzz TARGET BYTES
fuzz() {
    local target=$1 bytes=$2 begun=$BUILT/seeds/$1
    mkdir -p "$GROWN/$target" "$KEPT/$target" "$FAILED"
    run "$target" -max_len="$bytes" -max_total_time="$SECONDS_EACH" -artifact_prefix="$FAILED/$target-" \
        -dict=fuzz/words.dict -print_final_stats=1 "$GROWN/$target" "$KEPT/$target" "$begun" >"$BUILT/$target.log" 2>&1 || {
        tail -n 40 "$BUILT/$target.log"
        printf '%s failed; the input lies in %s\n' "$target" "$FAILED" >&2
        return 1
    }
    summary "$target"
    minimise "$target" "$begun"
}

summary() {
    local log=$BUILT/$1.log
    printf '%-10s %s, coverage %s\n' "$1" "$(sed -n 's/^Done //p' "$log")" \
        "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)"
}

# Keeps in the repository what reaches the most, each input chosen for what those before it did not reach.
minimise() {
    local target=$1 begun=$2 least=$BUILT/least/$1 files=0 bytes=0 size
    rm -rf "$least"
    mkdir -p "$least"
    run "$target" -merge=1 -set_cover_merge=1 -use_counters=0 "$least" "$begun" "$KEPT/$target" "$GROWN/$target" \
        >"$BUILT/$target-merge.log" 2>&1
    rm -rf "${KEPT:?}/$target"
    mkdir -p "$KEPT/$target"
    # They were written in the order in which they were chosen.
    while read -r file; do
        size=$(stat -c %s "$file")
        if ((files < FILES_MAX && bytes + size <= BYTES_MAX)); then
            cp "$file" "$KEPT/$target/$(basename "$file" | cut -c1-12)"
            files=$((files + 1)) bytes=$((bytes + size))
        fi
    done < <(find "$least" -type f -printf '%T@ %p\n' | sort -n | cut -d' ' -f2)
}

build
QINDA_FUZZ=seeds QINDA_FUZZ_CORPUS="$BUILT/seeds" "$BUILT/$HOST/release/fuzz" >"$BUILT/targets" 2>"$BUILT/seeds.log"
while read -r target bytes; do
    if [ $# -eq 0 ] || [[ " $* " == *" $target "* ]]; then
        fuzz "$target" "$bytes"
    fi
done <"$BUILT/targets"
