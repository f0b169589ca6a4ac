#!/usr/bin/env bash
# Installs the mail servers, clients and the browser that the full suites talk to. Nothing is started: each suite runs what it needs from a
# folder of its own. Needs root on Debian; says so when it is not.
set -euo pipefail

packages=(ca-certificates chromium libsasl2-modules libsasl2-modules-db postfix python3 sasl2-bin)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "all there: ${packages[*]}"
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "a full run needs these Debian packages, and only root can install them: ${missing[*]}" >&2
  exit 1
fi

# Packages of servers start them; a policy that says 101 forbids it. One that is there already is put back.
policy=/usr/sbin/policy-rc.d
kept=
if [ -e "$policy" ]; then
  kept=$(mktemp)
  cp --preserve=all "$policy" "$kept"
fi
restore() {
  if [ -n "$kept" ]; then
    cp --preserve=all "$kept" "$policy"
    rm -f "$kept"
  else
    rm -f "$policy"
  fi
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get update -qq </dev/null
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
