#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The generators make what they say of good tables, and refuse the others with the place.
# bats file_tags=slow,beside

# shellcheck disable=SC2154  # tools.bash sets tools
load ../lib/tools

@test "gen-text: the C string is the file" {
	printf 'a "b" \\c\t%%s\n\n??=\n' >"$BATS_TEST_TMPDIR/text"
	{
		"$tools/gen-text" text "$BATS_TEST_TMPDIR/text"
		printf '#include <stdio.h>\nint main(void) { return fputs(text, stdout) < 0; }\n'
	} >"$BATS_TEST_TMPDIR/text.c"
	gcc -std=gnu11 -o "$BATS_TEST_TMPDIR/print" "$BATS_TEST_TMPDIR/text.c"
	"$BATS_TEST_TMPDIR/print" | cmp - "$BATS_TEST_TMPDIR/text"
}

@test "gen-text: refuses what C would read otherwise, and nothing" {
	printf 'fine\nnot\001\n' >"$BATS_TEST_TMPDIR/text"
	fails_with "text:2: neither printable ASCII nor a tab" "$tools/gen-text" x "$BATS_TEST_TMPDIR/text"
	printf 'Gr\303\274n\n' >"$BATS_TEST_TMPDIR/text"
	fails_with "text:1: neither" "$tools/gen-text" x "$BATS_TEST_TMPDIR/text"
	: >"$BATS_TEST_TMPDIR/text"
	fails_with "empty" "$tools/gen-text" x "$BATS_TEST_TMPDIR/text"
}

@test "gen-csp-hash: the hash that another program computes" {
	file=$BATS_TEST_TMPDIR/style
	for text in "" "a" "a {}" "x {\n\tcolor: red;\n}\n"; do
		printf "%b" "$text" >"$file"
		want=$(python3 -c 'import base64, hashlib, sys
print(base64.b64encode(hashlib.sha256(open(sys.argv[1], "rb").read()).digest()).decode())' "$file")
		"$tools/gen-csp-hash" hash "$file" | grep -qxF "const char hash[] = \"sha256-$want\";"
	done
}

@test "gen-csp-hash: refuses what would end its own tag" {
	for text in 'a</style>' 'x = "</ScRiPt"' 'a <!-- b'; do
		printf '%s\n' "$text" >"$BATS_TEST_TMPDIR/style"
		fails_with "ends the tag that it stands in" "$tools/gen-csp-hash" x "$BATS_TEST_TMPDIR/style"
	done
}

@test "gen-systemd-groups: refuses rows that say no group and member" {
	csv=$BATS_TEST_TMPDIR/groups.csv
	head="# From: nowhere"
	rows() {
		printf '%s\n' "$@" >"$csv"
	}
	rows "$head" @a,read @a,@b @b,write
	"$tools/gen-systemd-groups" "$csv" >"$csv.c"
	grep -q '{ "@b", members_2 },' "$csv.c"
	rows @a,read
	fails_with "groups.csv:1: the first line must say" "$tools/gen-systemd-groups" "$csv"
	rows "$head"
	fails_with "no rows" "$tools/gen-systemd-groups" "$csv"
	rows "$head" @a,read,write
	fails_with "groups.csv:2: expected group,member" "$tools/gen-systemd-groups" "$csv"
	rows "$head" a,read
	fails_with "groups.csv:2: bad group a" "$tools/gen-systemd-groups" "$csv"
	rows "$head" '@a,re"ad'
	fails_with 'groups.csv:2: bad member re"ad' "$tools/gen-systemd-groups" "$csv"
	rows "$head" @a,read @a,read
	fails_with "groups.csv:3: member read comes twice" "$tools/gen-systemd-groups" "$csv"
	rows "$head" @a,read @b,read @a,write
	fails_with "groups.csv:4: group @a is in two places" "$tools/gen-systemd-groups" "$csv"
	rows "$head" @a,@c
	fails_with "groups.csv:2: no group @c" "$tools/gen-systemd-groups" "$csv"
}

@test "gen-lint: refuses rows that its tables cannot hold" {
	local data=$tools/../data dir=$BATS_TEST_TMPDIR/lint
	gen_lint() {
		"$tools/gen-lint" "$dir/lint-dangerous.csv" "$dir/lint-fallbacks.csv" \
			"$dir/lint-families.csv" "$dir/libseccomp-releases.csv" "$dir/lint-detours.csv"
	}
	mkdir -p "$dir"
	cp "$data"/lint-*.csv "$data/libseccomp-releases.csv" "$dir/"
	gen_lint >"$dir/out.c"
	grep -q '"AF_ALG"' "$dir/out.c"
	# refused FILE ROW TEXT: with this row at its end
	refused() {
		cp "$data/$1" "$dir/$1"
		printf '%s\n' "$2" >>"$dir/$1"
		fails_with "$3" gen_lint
		cp "$data/$1" "$dir/$1"
	}
	refused lint-dangerous.csv 'risk-x,read,-,-' "expected rule,call,condition,capability,reason"
	refused lint-dangerous.csv 'risk_x,read,-,-,why' "bad rule risk_x"
	refused lint-dangerous.csv 'risk-x,re ad,-,-,why' "bad name re ad"
	refused lint-dangerous.csv 'risk-x,read,6:A:1:1,-,why' "bad condition 6:A:1:1"
	refused lint-dangerous.csv 'risk-x,read,0:A:1,-,why' "bad condition 0:A:1"
	refused lint-dangerous.csv 'risk-x,read,0:A:0x1ffffffff:1,-,why' "bad condition"
	refused lint-dangerous.csv 'risk-x,read,-,SYS_ADMIN,why' "bad capability SYS_ADMIN"
	refused lint-dangerous.csv 'risk-x,read,-,-,"why"' "bad text"
	refused lint-dangerous.csv 'risk-x,bpf,-,-,why' "bpf,- comes twice"
	refused lint-fallbacks.csv 'clone3,clone,someone' "clone3 comes twice"
	refused lint-fallbacks.csv 'clone4,,someone' "an empty list"
	refused lint-fallbacks.csv 'clone4,clone3' "expected call,older calls,who"
	refused lint-detours.csv 'clone,clone3,again' "clone comes twice"
	refused lint-detours.csv 'read,,to read' "an empty list"
	refused lint-detours.csv 'read,pread64' "expected call,ways around,what"
	refused lint-families.csv 'x,-,read,read' "at least two members"
	refused lint-families.csv 'x,write,read pread64,read' "write is no member"
	refused libseccomp-releases.csv '2.5,5.8' "bad version 2.5"
	refused libseccomp-releases.csv '2.4.9,5.8' "the oldest release comes first"
	sed -i 1d "$dir/lint-families.csv"
	sed -i 1d "$dir/lint-families.csv"
	sed -i '1s/.*/family/' "$dir/lint-families.csv"
	fails_with "lint-families.csv:1: the first line must say" gen_lint
	fails_with usage "$tools/gen-lint"
}

@test "gen-categories: refuses rows that say no name and category" {
	csv=$BATS_TEST_TMPDIR/categories.csv
	rows() {
		printf '%s\n' "$@" >"$csv"
	}
	refuses() {
		fails_with "$1" "$tools/gen-categories" "$csv"
	}
	rows "# From: nowhere" _llseek,files read,files
	"$tools/gen-categories" "$csv" | grep -q '{ "_llseek", SNUG_CATEGORY_FILES },'
	rows read,files
	refuses "categories.csv:1: the first line must say"
	rows "# From: nowhere"
	refuses "no rows"
	rows "# From: nowhere" read
	refuses "categories.csv:2: expected name,category"
	rows "# From: nowhere" 're"ad,files'
	refuses 'categories.csv:2: bad name re"ad'
	rows "# From: nowhere" read,Files
	refuses "categories.csv:2: bad category Files"
	rows "# From: nowhere" read,files open,files
	refuses "categories.csv:3: open is not sorted behind read"
	rows "# From: nowhere" read,files read,network
	refuses "categories.csv:3: read is not sorted behind read"
}

@test "gen-arg-filters: refuses arguments that cannot be filtered, and rows that say nothing" {
	calls=$BATS_TEST_TMPDIR/calls.csv
	filters=$BATS_TEST_TMPDIR/filters.csv
	rows() {
		printf '%s\n' "# From: nowhere" "$@" >"$filters"
	}
	refuses() {
		fails_with "$1" "$tools/gen-arg-filters" "$calls" "$filters"
	}
	printf '%s\n' "# From: nowhere" "bind,fd:fd,addr:ptr,len:value32" \
		"mmap,addr:value,len:value,prot:flags:PROT,flags:flags:MAP,fd:fd,off:value" >"$calls"
	rows "bind,2,value,,more,8,,why, for once" \
		"mmap,2,flags,0x7,security,64,s390 x86,because" "mmap,3,flags,,more,64,s390 x86,so"
	"$tools/gen-arg-filters" "$calls" "$filters" >"$BATS_TEST_TMPDIR/table.c"
	grep -qF '.not_arches = ARCH_BIT(S390) | ARCH_BIT(X86), .limit = 64,' "$BATS_TEST_TMPDIR/table.c"
	grep -qF '{ 2, true, SNUG_ARG_LEVEL_SECURITY, UINT64_C(0x7),' "$BATS_TEST_TMPDIR/table.c"
	grep -qF '"why, for once" },' "$BATS_TEST_TMPDIR/table.c"

	rows "bind,1,value,,more,8,,why"
	refuses "filters.csv:2: argument 1 of bind is a pointer"
	rows "bind,0,value,,more,8,,why"
	refuses "filters.csv:2: argument 0 of bind is a descriptor"
	rows "bind,3,value,,more,8,,why"
	refuses "filters.csv:2: bind has no argument 3"
	rows "bind,x,value,,more,8,,why"
	refuses "filters.csv:2: bind has no argument x"
	rows "bindd,0,value,,more,8,,why"
	refuses "filters.csv:2: no call bindd in call-arguments.csv"
	rows "bind,2,value,,more,8,"
	refuses "filters.csv:2: expected call,argument,kind,mask,level,limit,not,why"
	rows "bind,2,enum,,more,8,,why"
	refuses "filters.csv:2: bad kind enum"
	rows "bind,2,value,7,more,8,,why"
	refuses "filters.csv:2: bad mask 7"
	rows "bind,2,value,0x0,more,8,,why"
	refuses "filters.csv:2: bad mask 0x0"
	rows "bind,2,value,,all,8,,why"
	refuses "filters.csv:2: bad level all"
	rows "bind,2,value,,more,65,,why"
	refuses "filters.csv:2: bad limit 65"
	rows "bind,2,value,,more,0,,why"
	refuses "filters.csv:2: bad limit 0"
	rows "bind,2,value,,more,8,S390,why"
	refuses "filters.csv:2: bad ABI S390"
	rows "bind,2,value,,more,8,,"
	refuses "filters.csv:2: no reason"
	rows 'bind,2,value,,more,8,,a "b"'
	refuses "filters.csv:2: no reason, or a quote in it"
	rows "mmap,3,flags,,more,8,,why" "mmap,2,flags,,more,8,,why"
	refuses "filters.csv:3: mmap 2 is not sorted behind the row before it"
	rows "mmap,2,flags,,more,8,,why" "bind,2,value,,more,8,,why"
	refuses "filters.csv:3: bind 2 is not sorted"
	rows "mmap,2,flags,,more,8,,why" "mmap,3,flags,,more,9,,why"
	refuses "filters.csv:3: all rows of mmap have one limit and one list of ABIs"
	rows "mmap,0,value,,more,8,,why" "mmap,1,value,,more,8,,why" "mmap,2,flags,,more,8,,why" \
		"mmap,3,flags,,more,8,,why"
	refuses "filters.csv:5: more than three arguments of mmap"
	rows
	refuses "no rows"
	echo "bind,2,value,,more,8,,why" >"$filters"
	refuses "filters.csv:1: the first line must say"
}

@test "gen-call-args: refuses rows that its tables cannot hold" {
	constants=$BATS_TEST_TMPDIR/constants.csv
	calls=$BATS_TEST_TMPDIR/calls.csv
	rows() {
		local file=$1
		shift
		printf '%s\n' "# From: nowhere" "$@" >"$file"
	}
	refuses() {
		fails_with "$1" "$tools/gen-call-args" "$constants" "$calls"
	}
	rows "$constants" AF,AF_INET,0x2, O,O_RDWR,0x2,0x3
	rows "$calls" getpid openat,dfd:fd,flags:flags32:O
	"$tools/gen-call-args" "$constants" "$calls" >"$BATS_TEST_TMPDIR/table.c"
	grep -qF '{ "O_RDWR", UINT64_C(0x2), UINT64_C(0x3) },' "$BATS_TEST_TMPDIR/table.c"
	grep -qF '{ SNUG_ARG_FLAGS, "flags", "O", true }' "$BATS_TEST_TMPDIR/table.c"

	rows "$calls" openat,dfd
	refuses "calls.csv:2: expected argument:kind[:set], not dfd"
	rows "$calls" openat,dfd:fd:NOSET
	refuses "calls.csv:2: no set NOSET"
	rows "$calls" openat,dfd:fd32
	refuses "calls.csv:2: bad kind fd32"
	rows "$calls" openat,Dfd:fd
	refuses "calls.csv:2: bad argument Dfd"
	rows "$calls" 'open at,dfd:fd'
	refuses "calls.csv:2: bad name open at"
	rows "$calls" mmap,a:fd,b:fd,c:fd,d:fd,e:fd,f:fd,g:fd
	refuses "calls.csv:2: more than six arguments"
	rows "$calls" read write read
	refuses "calls.csv:4: read is not sorted behind write"
	rows "$calls"
	refuses "no rows"
	echo read >"$calls"
	refuses "calls.csv:1: the first line must say"

	rows "$calls" getpid
	rows "$constants" AF,AF_INET,0x2
	refuses "constants.csv:2: expected set,name,value,mask"
	rows "$constants" af,AF_INET,0x2,
	refuses "constants.csv:2: bad set af"
	rows "$constants" 'AF,AF INET,0x2,'
	refuses "constants.csv:2: bad name AF INET"
	rows "$constants" AF,AF_INET,2,
	refuses "constants.csv:2: bad value 2"
	rows "$constants" AF,AF_INET,0x2,three
	refuses "constants.csv:2: bad mask three"
	rows "$constants" A,X,0x1, B,Y,0x1, A,Z,0x1,
	refuses "constants.csv:4: the rows of set A are not together"
	rows "$constants" A,X,0x1, B,X,0x2,
	refuses "constants.csv:3: X is 0x1 elsewhere"
	rows "$constants" A,X,0x1, A,X,0x1,
	refuses "constants.csv:3: X comes twice"
}
