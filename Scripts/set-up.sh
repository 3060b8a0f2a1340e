#!/bin/bash
# Installs what building, running and testing Karez need; does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "set-up: $*"; }

# Runs a command that may take long; prints elapsed seconds while it works, its output if it fails.
with_progress() {
  local what=$1 log pid started=$SECONDS
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    if [ $(((SECONDS - started) % 10)) -eq 5 ]; then say "$what … $((SECONDS - started)) s"; fi
  done
  if ! wait "$pid"; then
    cat "$log" >&2
    say "$what failed; mend what the lines above name and run this again" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

install_packages() {
  local wanted missing=() name as_root=()
  mapfile -t wanted < <(grep -v '^#' Scripts/packages.txt)
  for name in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null)" = "install ok installed" ] ||
      missing+=("$name")
  done
  say "${#wanted[@]} Debian packages examined, ${#missing[@]} missing"
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  with_progress "package lists" "${as_root[@]}" apt-get update -q
  with_progress "installing ${missing[*]}" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# The system's own Python: one that is somewhere on PATH may be gone tomorrow.
#
# $1 is the folder; the rest are files of requirements.
python_environment() {
  local folder=$1 wanted file asked=()
  shift
  wanted=$(cat "$@" | sha256sum | cut -c1-64)
  if [ "$(cat "$folder/karez-requirements" 2>/dev/null)" = "$wanted" ]; then
    say "Python environment $folder is as required"
    return 0
  fi
  for file in "$@"; do asked+=(-r "$file"); done
  rm -rf "$folder"
  with_progress "Python environment $folder" /usr/bin/python3 -m venv "$folder"
  with_progress "Python packages" "$folder/bin/python" -m pip install -q \
    --disable-pip-version-check "${asked[@]}"
  printf '%s\n' "$wanted" >"$folder/karez-requirements"
}

command -v swift >/dev/null || {
  say "swift is not on PATH; install Swift 6.3 from swift.org and run this again" >&2
  exit 1
}
install_packages
python_environment .venv Print/requirements.txt Scripts/requirements-test.txt
# What attacks the server needs other versions of the same libraries.
python_environment .venv-attack Scripts/requirements-attack.txt
Scripts/fetch-browser-files.sh
Scripts/fetch-outlines.sh
say "ready"
