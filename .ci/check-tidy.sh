#!/usr/bin/env bash
# Runs clang-tidy over the runtime, the SDK and the plugins, with the second compiler's commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files 'runtime/*.cpp' 'plugins/*.cpp' |
  xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/clang --quiet 2> >(grep -v 'warnings generated\|Suppressed\|Use -header-filter' >&2)
