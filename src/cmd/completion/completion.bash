# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# bash completion for snug: what `snug completion bash` prints.  Works with and without the package
# bash-completion; only completing a command's own arguments needs it.
#
# Made from the option tables of the program:
#   _snug_verbs       prints the verbs
#   _snug_verb VERB [OPTION]
#                     sets `options` (words), `positionals` and `more_positionals` of a verb or
#                     alias; for an option, without its dashes, that takes a value: takes_value,
#                     values, is_list
#   _snug_set NAME    prints the words that a value @NAME stands for

# TABLES

# Readline breaks words at "=" and ":" too; _snug_split puts them together again.  Sets `words`, the last
# of which the cursor is in, and `starts`: where each begins in COMP_WORDS.
_snug_split() {
	local line=${COMP_LINE:0:COMP_POINT} i blank word n=-1
	words=() starts=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		blank=${line%%[![:blank:]]*}
		line=${line#"$blank"}
		word=${COMP_WORDS[i]}
		[[ $line == "$word"* ]] || word=$line
		line=${line#"$word"}
		if ((n >= 0)) && [[ -z $blank ]]; then
			words[n]+=$word
		else
			n=$((n + 1))
			words[n]=$word starts[n]=$i
		fi
	done
}

# _snug_option WORD: whether the option WORD (-o, --long, -long) takes a value; then sets `values`, `is_list`
_snug_option() {
	local name=${1#-}
	takes_value="" values="" is_list=""
	_snug_verb "${words[1]}" "${name#-}"
	[[ $takes_value ]]
}

# _snug_names -f|-d|-c TEXT: names of files, directories or commands that begin with TEXT
_snug_names() {
	local name
	while IFS= read -r name; do
		COMPREPLY+=("$name")
	done < <(compgen "$1" -- "$2")
}

_snug_files() {
	compopt -o filenames 2>/dev/null
	_snug_names "$@"
}

# _snug_offer WORDS TEXT: those that begin with TEXT.  Only for words of our own: bash expands what it
# is given with -W, command substitutions too.
_snug_offer() {
	local word
	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen -W "$1" -- "$2")
}

# _snug_values VALUES TEXT: what VALUES stand for, in so far as it begins with TEXT
_snug_values() {
	local value offered=""
	for value in $1; do
		case $value in
		@file) _snug_files -f "$2" ;;
		@directory) _snug_files -d "$2" ;;
		@profile)
			offered+=" $(_snug_set "$value")"
			_snug_files -f "$2"
			;;
		@*) offered+=" $(_snug_set "$value")" ;;
		*) offered+=" $value" ;;
		esac
	done
	_snug_offer "$offered" "$2"
}

# _snug_value TEXT [PREFIX]: the value of the option that _snug_option found.  Only what is behind
# the last comma of a list is completed; readline replaces all of the word, and so gets it back.
_snug_value() {
	local text=$1 prefix=${2-} i
	if [[ $is_list && $text == *,* ]]; then
		prefix+=${text%,*},
		text=${text##*,}
	fi
	_snug_values "$values" "$text"
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=$prefix${COMPREPLY[i]}
	done
}

# _snug_command INDEX: the command that begins at COMP_WORDS[INDEX]
_snug_command() {
	local current=${COMP_WORDS[COMP_CWORD]}
	if declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "$1"
	elif declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif ((COMP_CWORD == $1)) && [[ $current != */* ]]; then
		_snug_names -c "$current"
	else
		_snug_files -f "$current"
	fi
}

# _snug_long: the long options with one dash only
_snug_long() {
	local option
	for option in $options; do
		[[ $option != --* ]] || echo "${option#-}"
	done
}

_snug() {
	local words starts options="" positionals="" more_positionals="" takes_value values is_list
	local i current last first="" wants_value=""

	COMPREPLY=()
	_snug_split
	last=$((${#words[@]} - 1))
	current=${words[last]}
	if ((last <= 1)); then
		_snug_offer "$(_snug_verbs) help -h --help -v --version" "$current"
		return
	fi
	_snug_verb "${words[1]}" || return 0

	# options end at the first other word, or behind "--"
	for ((i = 2; i < last && !${#first}; i++)); do
		if [[ $wants_value ]]; then
			wants_value=""
		elif [[ ${words[i]} == -- ]]; then
			first=$((i + 1))
		elif [[ ${words[i]} != -?* ]]; then
			first=$i
		elif [[ ${words[i]} != *=* ]] && _snug_option "${words[i]}"; then
			wants_value=1
		fi
	done
	if [[ $wants_value ]]; then
		_snug_value "$current"
	elif [[ -z $first && $current == -*=* ]]; then
		if _snug_option "${current%%=*}"; then
			if [[ $COMP_WORDBREAKS == *=* ]]; then
				_snug_value "${current#*=}"
			else
				_snug_value "${current#*=}" "${current%%=*}="
			fi
		fi
	elif [[ -z $first && $current == -[!-]* ]]; then
		_snug_offer "$options $(_snug_long)" "$current"
	elif [[ -z $first && $current == -* ]]; then
		_snug_offer "$options" "$current"
	elif [[ $positionals == @command ]]; then
		_snug_command "${starts[${first:-last}]}"
	elif [[ -n $first ]] && ((last > first)); then
		_snug_values "$more_positionals" "$current"
	else
		_snug_values "$positionals" "$current"
	fi
}

complete -F _snug snug
