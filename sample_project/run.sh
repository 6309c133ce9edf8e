#!/usr/bin/env bash
# The sample project's main job: builds everything, then walks through partitioned assets as a user would.
# Can be run again at any time; everything it makes is ignored by git.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../.ci/prepare.sh" release partita sales exchange_rates
build=$here/../build/release

# Publishes a plugin as one event: a copy under a dot-name, then a rename. An unchanged one is left alone.
publish() {
  cmp -s "$1" "$here/definitions/$(basename "$1")" && return
  cp "$1" "$here/definitions/.$(basename "$1")"
  mv "$here/definitions/.$(basename "$1")" "$here/definitions/$(basename "$1")"
}
mkdir -p "$here/definitions"
publish "$build/plugins/sales.so"
publish "$build/plugins/exchange_rates.so"

cd "$here"
export PATH="$build/bin:$PATH"
step() {
  printf '\n\033[1m$ %s\033[0m\n' "$*"
  "$@"
}
[ -t 1 ] || step() { printf '\n$ %s\n' "$*"; "$@"; }

step partita reload
step partita list
step partita materialize '+joined_data'
step partita materialize monthly_sales_performance --all
step partita materialize product_performance --all
step partita materialize 'product_performance@{Books,"Home and Garden"}'
step partita materialize category_month --missing
for request in data/requests/*; do
  name=$(basename "$request")
  requests+=("${name%.*}")
done
step partita dynamic add requests "${requests[@]}"
step partita materialize adhoc_request --missing
step partita materialize report
step partita materialize 'rates@month=2025-01-01..2025-12-01'
step partita materialize yearly_index@2025-01-01
step partita show monthly_sales_performance
step partita partitions product_performance
step partita status

cat <<'END'

Done. What to try next, in sample_project/ with build/release/bin on your PATH:
  partita materialize 'monthly_sales_performance@2024-06-01..2024-09-01'   a range, both ends included
  partita materialize '+yearly_index@2025-01-01' --missing                 a year, and the rates it needs
  partita show joined_data                                                 its check, which did not pass
  partita explain 'product_performance@Books'                              why it is as it is, and what it read
  partita runs                                                             what ran; then `partita run last`
  partita help materialize                                                 every option, with examples
The tour in README.md writes a plugin of your own in five minutes.
END
