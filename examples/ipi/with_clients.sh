#!/bin/sh
# Runs adatom together with the clients that compute for it:
#
#   with_clients.sh COUNT 'CLIENT COMMAND' adatom search ...
#
# Each client writes to client-N.log and is started again when it ends, as energy programs do over a
# structure that they cannot compute, as long as adatom runs.
set -u
if [ $# -lt 3 ]; then
    echo "usage: $0 COUNT 'CLIENT COMMAND' adatom ..." >&2
    exit 2
fi
count=$1
command=$2
shift 2

keep_client_running() {
    while kill -0 $$ 2>/dev/null; do
        sh -c "$command" >"client-$1.log" 2>&1 </dev/null
        sleep 1
    done
}

number=1
while [ "$number" -le "$count" ]; do
    keep_client_running "$number" &
    number=$((number + 1))
done
"$@"
