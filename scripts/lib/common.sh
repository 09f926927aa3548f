# What every script here shares: where the checkout is, how to talk, how to give up.
# Source it: . "$(dirname "$0")/lib/common.sh"
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The distribution's Python modules belong to the distribution's interpreter.
python=/usr/bin/python3

say() { printf '%s\n' "== $*" >&2; }
die() {
  printf '%s\n' "${0##*/}: $*" >&2
  exit 1
}

# usage_from_header: prints the comment at the top of the calling script.
usage_from_header() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }
