#!/usr/bin/env bash
# Builds the project and runs every test. Ends with a line `N passed, N failed`.
#
#   tests/run.sh [PRESET] [--targets 'TEST...'] [CTEST ARGUMENT...]
#
# The preset is `release` unless another is named. --targets builds and runs these tests only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=release
targets=()
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  preset=$1
  shift
fi
if [ "${1:-}" = --targets ]; then
  read -ra targets <<<"$2"
  shift 2
  set -- -R "^($(IFS='|'; echo "${targets[*]}"))\$" "$@"
fi
.ci/prepare.sh "$preset" ${targets[@]+"${targets[@]}"}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
seconds=300 # for one program, which says where it is shortly before
PARTITA_TEST_SECONDS=$((seconds - 10)) ctest --test-dir "build/$preset" --output-on-failure --timeout "$seconds" -j "$(nproc)" "$@" | tee "$log" || status=$?
total=$(sed -n 's/^\([0-9]*%\) tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\2 \3/p' "$log")
read -r failed all <<<"${total:-1 1}"
# ctest counts what was skipped as passed.
skipped=$(grep -c '\*\*\*Skipped' "$log" || true)
[ "$skipped" = 0 ] || echo "$skipped skipped: $(sed -n 's/.*: *\([^ ]*\) *\.*\*\*\*Skipped.*/\1/p' "$log" | paste -sd' ')"
echo "$((all - failed - skipped)) passed, $failed failed"
exit "$status"
