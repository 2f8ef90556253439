#!/bin/sh
# health-check.sh FOLDER HOURS [PING_URL]: exit code 0 and a ping when a film came within so many hours, else 1 and a word.
set -eu
folder=$1
hours=$2
ping=${3:-}
list="$folder/rhombus-footage.jsonl"

[ -f "$list" ] || { echo "There is no $list: nothing was ever copied." >&2; exit 1; }
newest=$(find "$folder" -maxdepth 1 -name '*.mp4' -mmin "-$((hours * 60))" | head -n 1)
[ -n "$newest" ] || { echo "No film has come to $folder for $hours hours." >&2; exit 1; }
failed=$(tail -n 100 "$list" | grep -c '"reason":"failed"' || true)
echo "Films come; $failed of the last 100 entries have a part that could not be fetched."
[ -z "$ping" ] || curl --fail --silent --show-error --max-time 10 --retry 3 "$ping" > /dev/null
