#!/usr/bin/env bash
# Makes a build ready: installs the Debian packages that are missing, configures a preset and builds.
#
#   .ci/prepare.sh [--with-tools] PRESET [TARGET...]
#
# --with-tools adds what only the project's own checks need (second compiler, formatter, linter, abidiff, Rust).
# Where packages may not be installed it names those that are missing and exits with 2.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(g++ cmake ninja-build ccache pkg-config
  libboost1.81-dev libboost-program-options1.81-dev libboost-json1.81-dev
  libsqlite3-dev libspdlog-dev libfmt-dev libabsl-dev libtomlplusplus-dev libssl-dev
  doctest-dev sqlite3 tzdata)
tool_packages=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev abigail-tools rustc)

packages=("${build_packages[@]}")
if [ "${1:-}" = --with-tools ]; then
  packages+=("${tool_packages[@]}")
  shift
fi
preset=${1:?usage: .ci/prepare.sh [--with-tools] PRESET [TARGET...]}
shift

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      printf 'These packages are missing, and only root may install them:\n  apt-get install %s\n' "${missing[*]}" >&2
      exit 2
    fi
    as_root=(sudo -n)
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! { "${as_root[@]}" apt-get update && \
         "${as_root[@]}" apt-get install -y --no-install-recommends --no-remove "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    if dpkg-query -W libboost1.74-dev >/dev/null 2>&1; then
      echo "libboost1.74-dev is installed and excludes libboost1.81-dev: remove it if nothing else needs it." >&2
    fi
    exit 2
  fi
fi

# Another clone of the same sources finds what this one compiled.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

quietly() {  # shows what a command printed only if it fails
  local output
  if ! output=$("$@" 2>&1); then
    printf '%s\n' "$output" >&2
    return 1
  fi
}
echo "building (preset $preset)" >&2
quietly cmake --preset "$preset"
if [ -t 2 ]; then
  cmake --build --preset "$preset" ${1:+--target "$@"} >&2
else
  quietly cmake --build --preset "$preset" ${1:+--target "$@"}
fi
