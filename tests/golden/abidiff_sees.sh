#!/usr/bin/env bash
# Whether abidiff.sh takes a member that is added at the end, and refuses one in the middle.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
old=$(ls -d abi_*/ | head -n 1)
case $1 in
end) sed 's/^} partita_asset;/  void* added;\n} partita_asset;/' "$old/abi.h" >"$scratch/abi.h" ;;
middle) sed 's/^\( *partita_str group;.*\)/  void* added;\n\1/' "$old/abi.h" >"$scratch/abi.h" ;;
esac
! cmp -s "$old/abi.h" "$scratch/abi.h"
status=0
./abidiff.sh "$old" "$scratch" || status=$?
[ "$status" = 77 ] && exit 77
if [ "$1" = end ]; then [ "$status" = 0 ]; else [ "$status" != 0 ]; fi
