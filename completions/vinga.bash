# bash completion for vinga(1). Names come from the program itself, so they cannot fall behind.

_vinga() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' words=() at
	COMPREPLY=()

	for ((at = 1; at < COMP_CWORD; at++)); do
		[[ ${COMP_WORDS[at]} == -* ]] && break
		words+=("${COMP_WORDS[at]}")
	done
	command="${words[*]:0:2}"
	grep -qxF -- "$command" <<<"$("${COMP_WORDS[0]}" help --list 2>/dev/null)" || command=${words[0]:-}

	case $before in
	--mapping | --events | --token-file | --socket | --layout | --file | --export | --output | --oid-names | --out)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--agreement | --dir | --rules)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" help --list "$command" 2>/dev/null)" -- "$word")
	elif ((${#words[@]} < 2)); then
		mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" help --list 2>/dev/null |
			awk -v before="${words[*]}" -v word="$word" '
				before == "" { print $1 }
				before != "" && index($0, before " ") == 1 { print $2 }' |
			sort -u | grep -- "^$word")
		((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -f -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _vinga vinga
