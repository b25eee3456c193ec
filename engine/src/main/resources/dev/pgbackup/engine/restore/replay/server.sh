#!/bin/sh
# Runs servers for the agent, one after the other: sh server.sh [attached]. They talk by files of the folder that holds
# bin/server.sh:
#
#   start    a script to be run; it becomes the server by exec
#   stop     a signal's name, to be sent to the server
#   exited   its exit code
#   leave    end, once no server runs
#   gone     the agent has died: the server is stopped at once. Attached, that is known by the end of standard input.
folder=${0%/bin/*}
server=
watch=
end=

look() {
  if [ -f "$folder/stop" ]; then
    read -r signal < "$folder/stop"
    rm -f "$folder/stop"
    [ -n "$server" ] && kill -s "$signal" "$server"
  fi
  if [ -e "$folder/gone" ] || [ ! -d "$folder/want" ]; then
    [ -n "$server" ] && kill -s QUIT "$server"
    end=1
  fi
  if [ -e "$folder/leave" ]; then
    end=1
  fi
}

trap '[ -n "$server" ] && kill -s INT "$server"; end=1' TERM INT HUP
if [ "$1" = attached ]; then
  exec 3<&0
  { cat <&3 > /dev/null; : > "$folder/gone"; } 2> /dev/null &
  watch=$!
  exec 3<&-
fi

while [ -z "$end" ]; do
  if [ -f "$folder/start" ]; then
    mv "$folder/start" "$folder/running"
    sh "$folder/running" >> "$folder/server.log" 2>&1 < /dev/null &
    server=$!
    while kill -s 0 "$server" 2> /dev/null; do
      look
      sleep 0.1
    done
    wait "$server"
    echo $? > "$folder/exited.part"
    server=
    mv "$folder/exited.part" "$folder/exited"
  fi
  look
  [ -n "$end" ] || sleep 0.05
done
[ -z "$watch" ] || kill "$watch" 2> /dev/null
exit 0
