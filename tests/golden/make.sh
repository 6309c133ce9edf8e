#!/usr/bin/env bash
# Makes the golden plugins of the present version of the contract anew: abi_<major>_<minor>/, with the
# header they were built with. To be run once for each version, before anything is appended after it;
# what is there for earlier versions stays as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
include=../../sdk/include
number() { sed -n "s/^#define PARTITA_ABI_$1 \([0-9]*\).*/\1/p" $include/partita/abi.h; }
version=abi_$(number MAJOR)_$(number MINOR)
mkdir -p "$version"
flags=(-Os -shared -fPIC -fvisibility=hidden -ffunction-sections -I$include
  -Wl,--build-id=sha1,-z,now,-z,defs,--gc-sections,-z,noseparate-code -s)
gcc -std=c11 "${flags[@]}" ../plugins/plain_c/plain_c.c -o "$version/plain_c.so"
g++ -std=c++17 -fno-gnu-unique "${flags[@]}" facade.cpp -o "$version/facade.so"
cp $include/partita/abi.h "$version/abi.h"
ls -l "$version"
