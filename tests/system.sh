#!/bin/sh
# What the browser tests need from the system: installed when root on Debian or Ubuntu, else named.
set -eu
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing chromium for the browser tests..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    exit 0
fi
echo "The browser tests need Chromium. On Debian or Ubuntu: sudo apt install chromium; on macOS: brew install --cask chromium." >&2
echo "Without it: make test-fast" >&2
exit 1
