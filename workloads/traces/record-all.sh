#!/usr/bin/env bash
# Records the traces of this folder again: record-all.sh WORK_FOLDER histogram|accesses [PROGRAM...]
#
# Fetches each program's source package with apt (Debian 12; `deb-src` need not be enabled), builds it with ring0-cc,
# generates its input, records a run and packs it. Programs that lackey records are the installed ones. Needs gcc, make,
# dpkg-dev, tclsh, setarch, valgrind, node. Takes about five minutes for histograms, fifteen for accesses. README.md
# describes each run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage="usage: record-all.sh WORK_FOLDER histogram|accesses [PROGRAM...]"
work=$(mkdir -p "${1:?$usage}" && cd "$1" && pwd)
kind=${2:?$usage}
shift 2
cc=$here/../recorder/ring0-cc
tsx=$here/../../node_modules/.bin/tsx
mkdir -p "$work/src" "$work/run" "$here/accesses"
[[ $kind == histogram || $kind == accesses ]] || { echo "$usage" >&2 && exit 2; }

# Fetches a package's source into $work/src/PACKAGE and its version into $work/src/PACKAGE.version.
fetch() {
  local package=$1 sources=$work/apt
  [[ -d $work/src/$package ]] && return
  if [[ ! -d $sources ]]; then
    mkdir -p "$sources/parts" "$sources/lists/partial"
    sed 's/^Types: deb$/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$sources/parts/debian.sources"
  fi
  local options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$sources/parts" -o "Dir::State::Lists=$sources/lists")
  [[ -n $(ls "$sources/lists"/*Sources* 2>/dev/null) ]] || apt-get "${options[@]}" update
  mkdir "$work/src/$package.part"
  (cd "$work/src/$package.part" && apt-get "${options[@]}" source "$package")
  sed -n 's/^Version: //p' "$work/src/$package.part"/*.dsc | head -n 1 >"$work/src/$package.version"
  mv "$work/src/$package.part"/*/ "$work/src/$package"
}

# record NAME OUT PACKAGE TITLE SETTING... -- COMMAND...: runs the command in $work/run and packs the recording.
record() {
  local name=$1 out=$2 package=$3 title=$4 settings=()
  shift 4
  while [[ $1 != -- ]]; do settings+=("$1") && shift; done
  shift
  local word shown=
  for word in "$@"; do shown+=${shown:+ }${word:-\"\"}; done
  rm -f "$work/$name.raw"
  # Without address randomisation, two recordings of a deterministic program are equal.
  (cd "$work/run" && env PATH="$work/bin:$PATH" RING0_TRACE="$work/$name.raw" RING0_KIND="$kind" "${settings[@]}" \
    setarch -R "$@" >/dev/null)
  "$tsx" "$here/pack.ts" "$kind" "$work/$name.raw" "$out" "$name" "$title, Debian $(cat "$work/src/$package.version")" "$shown"
  rm "$work/$name.raw"
}

# histogram NAME PACKAGE TITLE WINDOW COMMAND...: records if the kind is histogram.
histogram() {
  [[ $kind == histogram ]] || return 0
  record "$1" "$here/$1.r0t" "$2" "$3" RING0_WINDOW="$4" -- "${@:5}"
}

# accesses NAME PACKAGE TITLE SKIP KEEP COMMAND...: records if the kind is accesses.
accesses() {
  [[ $kind == accesses ]] || return 0
  record "$1" "$here/accesses/$1.r0t" "$2" "$3" RING0_SKIP="$4" RING0_KEEP="$5" -- "${@:6}"
}

# lackey NAME PACKAGE TITLE SKIP KEEP COMMAND...: the same for an installed program, under valgrind.
lackey() {
  [[ $kind == accesses ]] || return 0
  local version
  version=$(dpkg-query -W -f '${Version}' "$2")
  (cd "$work/run" && setarch -R "$tsx" "$here/../../cli/main.ts" trace record --method lackey --kind accesses \
    --skip "$4" --keep "$5" --name "$1" --program "$3, Debian $version" --out "$here/accesses/$1.r0t" --force -- "${@:6}")
}

input() {
  [[ -f $work/run/$3 ]] || "$tsx" "$here/make_input.ts" "$1" "$2" "$work/run/$3"
}

# Makes a program available under the short name that the recorded command uses.
install_as() {
  mkdir -p "$work/bin"
  ln -sf "$2" "$work/bin/$1"
}

make_sqlite() {
  fetch sqlite3
  cd "$work/src/sqlite3"
  ./configure --disable-shared --disable-tcl --disable-readline CC=gcc
  make sqlite3.c shell.c
  "$cc" -O2 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION sqlite3.c shell.c -lm -o recorded
  install_as sqlite3 "$PWD/recorded"
  cp "$here/sqlite.sql" "$work/run"
  histogram sqlite sqlite3 "SQLite shell" 20000 sqlite3 :memory: ".read sqlite.sql"
  accesses sqlite sqlite3 "SQLite shell" 30000000 300000 sqlite3 :memory: ".read sqlite.sql"
}

make_zstd() {
  fetch libzstd
  local threads=0 program=zstd-nolegacy
  [[ $kind == histogram ]] || threads=1 program=zstd
  make -C "$work/src/libzstd/programs" CC="$cc" HAVE_THREAD=$threads HAVE_ZLIB=0 HAVE_LZMA=0 HAVE_LZ4=0 $program
  install_as zstd "$work/src/libzstd/programs/$program"
  input text 24000000 text24.txt
  histogram zstd libzstd "Zstandard" 20000 zstd -9 --long=25 -f text24.txt -o text24.zst
  accesses zstd libzstd "Zstandard" 300000 300000 zstd --single-thread -9 --long=25 -f text24.txt -o text24.zst
  accesses zstd-mt libzstd "Zstandard" 400000 300000 zstd -T4 -B2097152 -9 --long=22 -f text24.txt -o text24.zst
}

make_mawk() {
  fetch mawk
  cd "$work/src/mawk"
  ./configure CC="$cc"
  make
  install_as mawk "$PWD/mawk"
  cp "$here/words.awk" "$work/run"
  input text 6000000 text6.txt
  histogram mawk mawk "mawk" 20000 mawk -f words.awk text6.txt
  accesses mawk mawk "mawk" 3000000 300000 mawk -f words.awk text6.txt
}

make_lua() {
  fetch lua5.4
  cd "$work/src/lua5.4/src"
  echo '#define DEB_HOST_MULTIARCH ""' >lua5.4-deb-multiarch.h
  rm -f luac.c
  "$cc" -O2 -DLUA_USE_POSIX ./*.c -lm -o recorded
  install_as lua "$PWD/recorded"
  cp "$here/objects.lua" "$work/run"
  histogram lua lua5.4 "Lua" 20000 lua objects.lua
  accesses lua lua5.4 "Lua" 1600000 250000 lua objects.lua
}

make_tcc() {
  # It compiles the amalgamation of SQLite.
  fetch sqlite3
  (cd "$work/src/sqlite3" && ./configure --disable-shared --disable-tcl --disable-readline CC=gcc && make sqlite3.c)
  cp "$work/src/sqlite3/sqlite3.c" "$work/run"
  fetch tcc
  cd "$work/src/tcc"
  ./configure --cc="$cc"
  make tcc
  install_as tcc "$PWD/tcc"
  ln -sfn "$PWD/include" "$work/run/tcc-include"
  histogram tcc tcc "Tiny C Compiler" 4000 tcc -g -Itcc-include -c sqlite3.c -o sqlite3.o
  accesses tcc tcc "Tiny C Compiler" 1450000 400000 tcc -g -Itcc-include -c sqlite3.c -o sqlite3.o
}

make_sort() {
  fetch coreutils
  cd "$work/src/coreutils"
  FORCE_UNSAFE_CONFIGURE=1 ./configure CC="$cc" CFLAGS=-O2 --disable-nls --without-selinux --disable-acl --without-gmp
  printf 'include Makefile\nring0-built: $(BUILT_SOURCES)\n' | make -f - ring0-built
  make src/sort
  install_as sort "$PWD/src/sort"
  input records 900000 records.txt
  histogram sort coreutils "GNU sort" 20000 env LC_ALL=C sort --parallel=1 -S 100M records.txt -o sorted.txt
  accesses sort coreutils "GNU sort" 2700000 300000 env LC_ALL=C sort --parallel=1 -S 100M records.txt -o sorted.txt
  accesses sort-mt coreutils "GNU sort" 1600000 300000 env LC_ALL=C sort --parallel=4 -S 100M records.txt -o sorted.txt
}

make_metis() {
  fetch metis
  cd "$work/src/metis"
  local flags=(-O2 -w -DLINUX '-DSVNINFO=""' -DHAVE_EXECINFO_H -DHAVE_GETLINE -DNDEBUG -DNDEBUG2 -D_FILE_OFFSET_BITS=64)
  local files=(programs/gpmetis.c programs/cmdline_gpmetis.c programs/io.c programs/stat.c)
  mkdir -p recorded
  for file in GKlib/*.c libmetis/*.c "${files[@]}"; do
    [[ $file == GKlib/gkregex.c ]] || "$cc" "${flags[@]}" -IGKlib -Iinclude -Ilibmetis -c "$file" -o "recorded/${file//\//_}.o"
  done
  "$cc" recorded/*.o -lm -o gpmetis-recorded
  install_as gpmetis "$PWD/gpmetis-recorded"
  input graph 250000 mesh.graph
  histogram metis metis "METIS" 20000 gpmetis mesh.graph 32
  accesses metis metis "METIS" 200000 350000 gpmetis mesh.graph 32
}

make_redis() {
  fetch redis
  make -C "$work/src/redis/src" CC="$cc" MALLOC=libc BUILD_TLS=no OPTIMIZATION=-O2 redis-server
  install_as redis-server "$work/src/redis/src/redis-server"
  input redis 60000 commands.txt
  # One client sends all commands; the last one is SHUTDOWN.
  (
    until exec 3<>/dev/tcp/127.0.0.1/7391; do sleep 0.2; done 2>/dev/null
    cat <&3 >/dev/null &
    cat "$work/run/commands.txt" >&3
    wait
  ) &
  histogram redis redis "Redis" 20000 redis-server --bind 127.0.0.1 --port 7391 --save "" --appendonly no
  accesses redis redis "Redis" 1400000 350000 redis-server --bind 127.0.0.1 --port 7391 --save "" --appendonly no
  wait
}

make_xz() {
  fetch xz-utils
  cd "$work/src/xz-utils"
  ./configure CC="$cc" CFLAGS=-O2 --disable-shared --disable-nls --disable-lzmadec --disable-lzmainfo --disable-scripts --disable-sandbox
  make
  install_as xz "$PWD/src/xz/xz"
  input text 6000000 text6.txt
  accesses xz xz-utils "XZ Utils" 300000 300000 xz -k -f -T4 -3 --block-size=1MiB text6.txt
}

make_python() {
  cp "$here/objects.py" "$work/run"
  PYTHONHASHSEED=0 lackey python python3.11-minimal "CPython" 1500000 400000 /usr/bin/python3.11 -S -s objects.py
}

make_perl() {
  cp "$here/join.pl" "$work/run"
  PERL_HASH_SEED=0 lackey perl perl-base "Perl" 1500000 400000 /usr/bin/perl join.pl
}

make_cc1() {
  # It compiles the interpreter loop of Lua.
  fetch lua5.4
  gcc -E -DLUA_USE_POSIX "$work/src/lua5.4/src/lvm.c" -o "$work/run/lvm.i"
  lackey cc1 cpp-12 "GNU C compiler" 200000 1200000 "$(gcc -print-prog-name=cc1)" -quiet -O2 lvm.i -o lvm.s
}

programs="sqlite zstd mawk lua tcc sort metis redis"
[[ $kind == histogram ]] || programs+=" xz python perl cc1"
for name in ${@:-$programs}; do
  ("make_$name")
done
