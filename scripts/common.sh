# shellcheck shell=bash
# What dev, quickstart and .ci/run share. To be sourced with the repository's root as folder.

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE [HINT]
die() {
  say "error: $1"
  if [ $# -gt 1 ]; then say "  hint: $2"; fi
  exit 2
}

# Packages of the groups of packages.txt.
packages() {
  local group
  for group in "$@"; do
    awk -v wanted="[$group]" '/^# \[/ { inside = $2 == wanted } !/^#/ && NF && inside { print $1 }' \
      packages.txt
  done
}

# Runs a command as root: as it is, with sudo, or not at all.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# install GROUP…: those packages of the groups that dpkg does not know as installed.
install_packages() {
  local wanted=() missing=()
  mapfile -t wanted < <(packages "$@")
  if [[ " $* " == *" node "* ]] && ! { command -v node && command -v npm; } > /dev/null; then
    read -r -a node < <(sed -n 's/^# \[node\] //p' packages.txt)
    wanted+=("${node[@]}")
  fi
  if [ ${#wanted[@]} -eq 0 ]; then return; fi
  if ! command -v dpkg-query > /dev/null; then
    say "note: not a Debian system; packages.txt lists what has to be there"
    return
  fi
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
    <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2> /dev/null |
      sed -n 's/^installed //p' | sort -u))
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] && ! command -v sudo > /dev/null; then
    die "these packages are missing, and there is no sudo to install them: ${missing[*]}" \
      "as root: apt-get install ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  local log
  log=$(mktemp)
  # The lists may be absent or stale: they are fetched only if it doesn't go without.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends)
  if ! as_root "${apt[@]}" install "${missing[@]}" > "$log" 2>&1 < /dev/null &&
    ! { as_root apt-get -qq update && as_root "${apt[@]}" install "${missing[@]}"; } \
      >> "$log" 2>&1 < /dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "apt-get could not install ${missing[*]}" "apt-get install ${missing[*]}"
  fi
  rm -f "$log"
}

# The same folder as cache_folder() of src/base/file.cc.
cache_folder() {
  if [[ ${XDG_CACHE_HOME:-} == /* ]]; then
    echo "$XDG_CACHE_HOME/architrave"
  elif [ "$(id -u)" = 0 ]; then
    echo /var/cache/architrave
  else
    echo "$HOME/.cache/architrave"
  fi
}

# build_preset PRESET [TARGET…]
build_preset() {
  local preset=$1
  shift
  if [ ! -f "build/$preset/build.ninja" ]; then cmake --preset "$preset" > /dev/null; fi
  cmake --build "build/$preset" ${1:+--target "$@"}
}

# run_ctest PRESET ARGUMENTS…: ctest. The servers of tests make and drop thousands of databases; where
# there is plenty of memory their files lie in it, which takes a third of the time.
run_ctest() {
  local preset=$1 room
  shift
  room=$({ df --output=avail --block-size=G /dev/shm
    awk '/^MemAvailable:/ { print int($2 / 1048576) "G" }' /proc/meminfo; } 2> /dev/null |
    sed -n 's/^ *\([0-9]*\)G$/\1/p' | sort -n | head -n 1)
  if [ -z "${TMPDIR:-}" ] && [ "${room:-0}" -ge 12 ]; then local -x TMPDIR=/dev/shm; fi
  ctest --test-dir "build/$preset" --output-on-failure --parallel "$(nproc)" "$@"
}
