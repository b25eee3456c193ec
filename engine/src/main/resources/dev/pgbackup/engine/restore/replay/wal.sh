#!/bin/sh
# PostgreSQL's restore_command: sh wal.sh <file> <path>. Asks the agent by the folder that holds bin/wal.sh, and waits.
#
# Exit 0: the file is at <path>. 1: it is not in the archive, which is proven. 200: the agent cannot say; recovery has
# to stop, since it would take anything up to 125 for the end of the WAL.
folder=${0%/bin/*}
copies=0
while :; do
  [ -d "$folder/want" ] || exit 200
  [ -e "$folder/want/$1" ] || : > "$folder/want/$1" || exit 200
  if [ -f "$folder/wal/$1" ]; then
    cp "$folder/wal/$1" "$2" && exit 0
    # It may have been tidied away under the copy; a full disk stays full.
    copies=$((copies + 1))
    [ "$copies" -lt 5 ] || exit 200
  fi
  [ -e "$folder/absent/$1" ] && exit 1
  [ -e "$folder/failed" ] && exit 200
  [ -e "$folder/gone" ] && exit 200
  sleep 0.02
done
