#!/bin/sh
# What documentation points at is there: links between its files, and files and folders of the tree that it names.
# shellcheck disable=SC2013 # those names have no blanks
set -eu

cd "$1"
folders='agents|agreements|bench|check|cli|completions|core|daemon|docs|examples|lib|plugins|scripts|sql|systemd|tests'
failed=0

complain() {
	echo "$1"
	failed=$((failed + 1))
}

# shellcheck disable=SC2046 # as above
set -- $(git ls-files '*.md' 'docs/man/*')
for file in "$@"; do
	folder=$(dirname "$file")
	for link in $(grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*:' | sort -u); do
		[ -e "$folder/$link" ] || complain "$file: ($link) is not there"
	done
	for path in $(grep -oP "(?<![A-Za-z0-9_/.-])($folders)/[A-Za-z0-9_./*-]+" "$file" | sed 's/[.,/]*$//' | sort -u); do
		# shellcheck disable=SC2086 # a star stands for files
		ls -d -- $path >/dev/null 2>&1 || complain "$file: $path is not there"
	done
done
[ "$failed" -eq 0 ] || exit 1
echo "$# files, 0 dead links"
