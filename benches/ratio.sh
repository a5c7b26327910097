#!/usr/bin/env bash
# How much more than a search costs an audit? Prints the ratio of the median times of a whole audit and of ripgrep looking for
# the same words without regard to case, over one tree; both warm, the runs interleaved; and the peak memory of the audit.
#
#   cargo build --release
#   benches/ratio.sh TREE [RUNS]
set -euo pipefail
export LC_ALL=C

tree=${1:?usage: benches/ratio.sh TREE [RUNS]}
runs=${2:-11}
program=${LOGOUT_AUDIT:-$(dirname "$0")/../target/release/logout-audit}
words='log.?out|log.?off|sign.?out'

[ -d "$tree" ] || { echo "error: \`$tree\` is no folder" >&2; exit 2; }
[ -x "$program" ] || { echo "error: \`$program\` is not there: run cargo build --release" >&2; exit 2; }
command -v rg >/dev/null || { echo "error: ripgrep (rg) is not installed" >&2; exit 2; }

audit() { "$program" --isolated --fail-on never --format json "$tree" >/dev/null; }
# ripgrep ends with 1 where nothing is found.
search() { rg --no-config -i -c "$words" "$tree" >/dev/null || [ $? -eq 1 ]; }

# Milliseconds that a command takes.
timed() {
  local begin=$EPOCHREALTIME
  "$@"
  local end=$EPOCHREALTIME
  echo $(((${end/./} - ${begin/./}) / 100)) | sed 's/\(.*\)\(.\)$/\1.\2/; s/^\./0./'
}

median() { sort -n | awk '{ all[NR] = $1 } END { print NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'; }

audit
search
audits=() searches=()
for ((run = 0; run < runs; run++)); do
  # Whichever runs first gains or loses by it, so they take turns.
  if ((run % 2)); then
    audits+=("$(timed audit)")
    searches+=("$(timed search)")
  else
    searches+=("$(timed search)")
    audits+=("$(timed audit)")
  fi
done

audit_median=$(printf '%s\n' "${audits[@]}" | median)
search_median=$(printf '%s\n' "${searches[@]}" | median)
echo "audit    $audit_median ms (median of $runs)"
echo "ripgrep  $search_median ms (median of $runs)"
awk -v audit="$audit_median" -v search="$search_median" 'BEGIN { printf "ratio    %.2f\n", audit / search }'
if [ -x /usr/bin/time ]; then
  peak=$( (/usr/bin/time -v "$program" --isolated --fail-on never --format json "$tree" >/dev/null) 2>&1 | awk -F': ' '/Maximum resident/ { print $2 }')
  echo "memory   $((peak / 1024)) MiB at most"
fi
