#!/bin/sh
# Times `rolebook diff` on a million assignments, for edits as people make them; prints a Markdown table.
#
#   cargo build --release --bin rolebook --example orgs_workload
#   benches/diff.sh FOLDER
#
# FOLDER is made, and takes 600 MB.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
rolebook="${ROLEBOOK:-$root/target/release/rolebook}"
mkdir -p "$1"
cd "$1"

"$root/target/release/examples/orgs_workload" XL . >&2

# The workload has neither denials nor settings: a rule of the first kind, and a limit that organizations and teams give.
sed 's/^type run in project {/&\n  setting keep: int at most/' policy.rolebook > old.rolebook
cat >> old.rolebook <<'POLICY'

deny run.delete when project.visibility == "open" unless subject has organization.admin on organization
deny run.stop when run.settings.keep > 5
POLICY
sed -E 's/^(\{"entity":"team:t[0-9]*([0-9])".*)\}$/\1,"settings":{"keep":\2}}/
  s/^(\{"entity":"organization:o[0-9]*")\}$/\1,"settings":{"keep":4}}/' directory.jsonl > old.jsonl
# One assignment in ten thousand goes, and as many become another.
awk '/"assign"/ { if (++n % 10000 == 0) next; if (n % 10007 == 0) sub(/"viewer"/, "\"admin\"") } { print }' \
  old.jsonl > new.jsonl

count() {
  "$rolebook" diff "$@" --format json |
    sed -nE '/^  "people"/,/"complete"/ s/^ *"rows": ([0-9]+),$/\1/p' | head -2 | tr '\n' ' '
}

echo "| edit | rows gained | rows lost | seconds |"
echo "| --- | ---: | ---: | ---: |"

# Three runs, of which the best counts.
measure() {
  edit=$1
  shift
  counts=$(count "$@")
  best=""
  for _ in 1 2 3; do
    start=$(date +%s.%N)
    "$rolebook" diff "$@" > /dev/null
    best=$(echo "$best" "$start" "$(date +%s.%N)" | awk '{ took = $NF - $(NF - 1); if (NF == 3 && $1 < took) took = $1; printf "%.1f", took }')
  done
  set -- $counts
  echo "| $edit | $1 | $2 | $best |"
}

policy() {
  name=$1
  shift
  sed -E "$@" old.rolebook > new.rolebook
  if cmp -s old.rolebook new.rolebook; then
    echo "$name: nothing was edited" >&2
    exit 1
  fi
  measure "$name" old.rolebook new.rolebook --directory old.jsonl
}

policy 'a role loses `extends`' 's/^role team.admin extends team.member/role team.admin/; /^role team.admin/,/^}/ s/allow \*/allow team.*/'
policy 'a deny'"'"'s `when` is negated' 's/^(deny run.delete when )(project.visibility == "open")/\1not (\2)/'
policy 'a custom role gains `*`' '/^custom role team.custom0 /,/^}/ s/allow .*/allow */'
policy 'a setting'"'"'s merge word changes' 's/keep: int at most/keep: int at least/'
policy 'a condition is dropped' 's/^  when project.visibility == "open" and subject/  when subject/'
policy 'a rule is dropped' '/^allow \*\.\{view, download\} within project/,+1 d'
mkdir -p old new
cp old.rolebook old/policy.rolebook
cp old.rolebook new/policy.rolebook
cp old.jsonl old/directory.jsonl
cp new.jsonl new/directory.jsonl
measure 'two hundred assignments' old new
