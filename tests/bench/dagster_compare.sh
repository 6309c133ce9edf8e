#!/usr/bin/env bash
# The same asset and partitions in Partita and in Dagster: in process, and as a backfill of its daemon.
#
#   tests/bench/dagster_compare.sh [PARTITIONS]    20 unless told
#
# Dagster is installed into a virtual environment under build/; where Python's package index is not
# reached, the comparison is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
count=${1:-20}
venv=$PWD/build/dagster-venv
if ! [ -x "$venv/bin/dagster-daemon" ]; then
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q dagster; } >/dev/null 2>&1; then
    rm -rf "$venv"
    echo "skipped: dagster could not be installed from Python's package index"
    exit 0
  fi
fi
.ci/prepare.sh release partita trivial

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
mkdir -p "$directory/definitions" "$directory/dagster"
cp build/release/plugins/trivial.so "$directory/definitions/"
echo 'definitions = ["definitions"]' >"$directory/partita.toml"
touch "$directory/dagster/dagster.yaml"
partita() { build/release/bin/partita --project "$directory" "$@" >/dev/null 2>&1; }
seconds() {  # of a command, beginning and end included
  local begun=$EPOCHREALTIME
  "$@"
  echo "$begun $EPOCHREALTIME" | awk '{ print $2 - $1 }'
}

partita reload
seq -f '%07.0f' 0 $((count - 1)) >"$directory/keys"
build/release/bin/partita --project "$directory" dynamic add names - <"$directory/keys" >/dev/null
awk -v n="$count" -v s="$(seconds partita materialize named --all)" \
  'BEGIN { printf "partita materialize           %5d partitions %8.2f s  %10.2f ms each\n", n, s, s / n * 1e3 }'
DAGSTER_HOME=$directory/dagster PARTITIONS=$count "$venv/bin/python" tests/bench/dagster_compare.py 2>/dev/null
