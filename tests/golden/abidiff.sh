#!/usr/bin/env bash
# Whether the contract's structs only grew at their ends since a golden version:
#   abidiff.sh OLD_HEADER_DIRECTORY NEW_HEADER_DIRECTORY
# Ends with 77, which is "skipped", where abidiff is missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if ! command -v abidiff >/dev/null; then
  echo 'skipped: abidiff is not installed (abigail-tools)'
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/tables.c" <<'END'
#include "abi.h"
void tables(const partita_plugin* plugin, const partita_host* host, const partita_registrar* registrar,
            const partita_asset* asset, const partita_check* check, const partita_run* run) {
  (void)plugin, (void)host, (void)registrar, (void)asset, (void)check, (void)run;
}
END
for side in old new; do
  directory=$([ $side = old ] && echo "$1" || echo "$2")
  gcc -std=c11 -g -shared -fPIC -I"$directory" "$scratch/tables.c" -o "$scratch/$side.so"
done
abidiff --suppressions "$here/append.abignore" "$scratch/old.so" "$scratch/new.so"
