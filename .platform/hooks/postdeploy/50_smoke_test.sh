#!/bin/sh
# After a deployment: the application must answer through nginx, or the deployment has failed. The arguments are for tests.
set -eu
address="${1:-http://127.0.0.1/healthz}"
seconds="${2:-30}"
while ! answer=$(curl --silent --show-error --fail --max-time 5 "$address" 2>&1); do
    seconds=$((seconds - 1))
    if [ "$seconds" -le 0 ]; then
        echo "smoke test: $address does not answer: $answer" >&2
        exit 1
    fi
    sleep 1
done
if [ "$answer" != ok ]; then
    echo "smoke test: $address answered \"$answer\", not \"ok\"" >&2
    exit 1
fi
echo "smoke test: $address answers"
