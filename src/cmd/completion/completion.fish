# SPDX-License-Identifier: Apache-2.0
# fish completion for snug: what `snug completion fish` prints.
#
# Made from the option tables of the program: the `complete` lines at the end, and
#   __snug_takes_value VERB OPTION
#                     whether OPTION, without its dashes, takes a value
#   __snug_set NAME   prints the words that a value @NAME stands for

# Prints where the cursor is: "verb"; VERB "option"; VERB "value"; or, where options have ended, VERB
# "word" or "more" N: the N-th token is the first that is no option, and the cursor is in it or behind.
function __snug_place
    set -l tokens (commandline -opc)
    if test (count $tokens) -lt 2
        echo verb
        return
    end
    set -l verb $tokens[2]
    set -l place option
    set -l n 2
    set -l n_tokens (count $tokens)
    set -e tokens[1 2]
    for token in $tokens
        set n (math $n + 1)
        if test $place = value
            set place option
        else if test "$token" = --
            set n (math $n + 1)
            set place word
            break
        else if not string match -qr -- '^-.' "$token"
            set place word
            break
        else if not string match -q -- '*=*' "$token"
            and __snug_takes_value $verb (string replace -r -- '^--?' '' "$token")
            set place value
        end
    end
    if test $place = word -a $n -le $n_tokens
        set place more
    end
    printf '%s\n' $verb $place $n
end

function __snug_wants_verb
    test (__snug_place)[1] = verb
end

# __snug_wants_option VERB...: whether options of VERB can stand here, or a value of one
function __snug_wants_option
    set -l place (__snug_place)
    contains -- $place[1] $argv
    and contains -- $place[2] option value
end

# The same for an option that is written -long: not offered unless somebody writes so.
function __snug_wants_old_option
    string match -qr -- '^-[^-]{2}' (commandline -opc) (commandline -ct)
    and __snug_wants_option $argv
end

# __snug_wants_word VERB...: whether the first word that is no option can stand here
function __snug_wants_word
    set -l place (__snug_place)
    contains -- $place[1] $argv
    or return
    switch $place[2]
        case word
            return 0
        case option
            not string match -qr -- '^-' (commandline -ct)
        case '*'
            return 1
    end
end

# __snug_wants_more VERB...: whether the cursor is behind that
function __snug_wants_more
    set -l place (__snug_place)
    contains -- $place[1] $argv
    and test "$place[2]" = more
end

# __snug_values VALUES...: the words of all; files are offered by "complete -F".  Each with an empty
# description, or else fish puts that of the option behind every one.
function __snug_values
    for value in $argv
        switch $value
            case @file @directory
            case '@*'
                printf '%s\t\n' (__snug_set $value)
            case '*'
                printf '%s\t\n' $value
        end
    end
end

# __snug_list VALUES...: the same behind a comma
function __snug_list
    set -l head (string match -r -- '.*,' (commandline -ct | string replace -r -- '^--?[^=]*=' ''))
    string join \n -- "$head"(__snug_values $argv)
end

# The command that `snug VERB` runs, completed as if it stood alone
function __snug_command
    set -l place (__snug_place)
    set -l tokens (commandline -opc)
    set -l words
    if test "$place[2]" = more
        set words (string escape -- $tokens[$place[3]..-1])
    end
    complete --do-complete=(string join -- ' ' $words (commandline -ct) | string collect)
end

# TABLES
