#!/bin/sh
# What the tests need from the system: installed when root on Debian or Ubuntu, else named.
set -eu
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    [ "${1:-}" = without-browser ] || missing="chromium"
command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || missing="$missing mariadb-server"
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$missing nginx"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: $missing"
    apt-get update -qq
    # RUNLEVEL=1: the packages must not start a server of their own.
    # shellcheck disable=SC2086
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The tests need: $missing. On Debian or Ubuntu: sudo apt install $missing" >&2
echo "On macOS: brew install mariadb nginx, and brew install --cask chromium." >&2
exit 1
