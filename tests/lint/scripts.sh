#!/bin/sh
# Every shell script is shellcheck-clean.
set -eu

cd "$1"
# shellcheck disable=SC2046 # names without spaces
shellcheck -x $(git ls-files | xargs grep -lE '^#!/bin/sh' --)
