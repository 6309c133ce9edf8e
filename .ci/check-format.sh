#!/usr/bin/env bash
# Names every source that clang-format would change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format-19 --dry-run --Werror
