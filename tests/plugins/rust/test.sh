#!/usr/bin/env bash
# A plugin in another language than the SDK's, through the real binary: test.sh PARTITA. Ends with 77,
# which is "skipped", where there is no Rust.
set -euo pipefail
partita=$1
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/plugin.rs
if ! command -v rustc >/dev/null; then
  echo 'skipped: rustc is not installed'
  exit 77
fi
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
mkdir "$project/definitions"
echo 'definitions = ["definitions"]' >"$project/partita.toml"
rustc --edition 2018 -O -D warnings --crate-type cdylib -C link-arg=-Wl,--build-id=sha1 \
  -o "$project/definitions/rust.so" "$source"

cd "$project"
"$partita" check
"$partita" materialize rust_words --all
"$partita" materialize 'rust_words@"Öl"'
shown=$("$partita" --json show rust_words)
grep -q '"characters":{"kind":"int","value":2}' <<<"$shown" || { echo "$shown"; exit 1; }
"$partita" logs last | grep -q 'Öl'
