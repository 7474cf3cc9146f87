#compdef snug
# SPDX-License-Identifier: Apache-2.0
# zsh completion for snug: what `snug completion zsh` prints; a file _snug in $fpath, or sourced.
#
# Made from the option tables of the program:
#   _snug_verbs       `verbs`, with what they do
#   _snug_verb        the options and the other words of $words[1], a verb or alias
#   _snug_set NAME    sets `set` to the words that a value @NAME stands for

# TABLES

# _snug_values VALUES: offers what they stand for
_snug_values() {
	local value ret=1
	local -a set offered
	for value in ${=1}; do
		case $value in
		@file) _files && ret=0 ;;
		@directory) _files -/ && ret=0 ;;
		@profile)
			_files && ret=0
			_snug_set $value
			offered+=($set)
			;;
		@*)
			_snug_set $value
			offered+=($set)
			;;
		*) offered+=($value) ;;
		esac
	done
	(($#offered)) && compadd "$expl[@]" -a offered && ret=0
	return ret
}

# _snug_list VALUES: the same, with commas between them
_snug_list() {
	compset -P '*,'
	compset -S ',*'
	_snug_values $1
}

_snug() {
	local curcontext=$curcontext state line hide='!' ret=1
	local -a verbs
	local -A opt_args

	_arguments -C -A '-*' \
		'(- *)'{-h,--help}'[list the verbs]' \
		'(- *)'{-v,--version}'[print the version]' \
		'(-)1:verb:->verb' '(-)*:: :->rest' && ret=0
	case $state in
	verb)
		_snug_verbs
		_describe -t verbs verb verbs && ret=0
		;;
	rest)
		curcontext=${curcontext%:*:*}:snug-$words[1]:
		[[ $PREFIX != -[^-]?* ]] || hide=""
		_snug_verb && ret=0
		;;
	esac
	return ret
}

# autoloaded, this is the function's first call; sourced, there is none yet
if [[ $funcstack[1] == _snug ]]; then
	_snug "$@"
else
	compdef _snug snug
fi
