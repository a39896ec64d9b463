#!/bin/sh
# The core also becomes WebAssembly (32 bits, WASI's libc), so that vinga-check can run in a browser: every file compiles
# without a warning, and all of them link with nothing but libc and the compiler's own arithmetic.
set -eu

cd "$1"
if ! command -v clang-14 >/dev/null || ! command -v wasm-ld-14 >/dev/null || [ ! -d /usr/include/wasm32-wasi ]; then
	echo "wasm: clang-14, lld-14, wasi-libc and libclang-rt-14-dev-wasm32 are needed" >&2
	exit 77
fi
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
for source in core/*.c core/*/*.c; do
	object=$directory/$(echo "${source%.c}" | tr / .).o
	clang-14 --target=wasm32-wasi -std=c11 -D_GNU_SOURCE -I. -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wvla \
		-Werror -O1 -c "$source" -o "$object"
done
clang-14 --target=wasm32-wasi -nostartfiles -Wl,--no-entry -Wl,--no-gc-sections "$directory"/*.o -o "$directory/core.wasm"
