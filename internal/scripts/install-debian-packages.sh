#!/usr/bin/env bash
# Installs the mail servers, clients and the browser that the full suites talk to. Nothing is started: each suite runs what it needs from a
# folder of its own. Needs root on Debian; says so when it is not.
set -euo pipefail

packages=(
  ca-certificates chromium dnsmasq-base dovecot-core dovecot-lmtpd dovecot-submissiond libsasl2-modules libsasl2-modules-db microsocks
  postfix python3 python3-aiosmtpd sasl2-bin tinyproxy
  # What builds the receiver of the benchmarks.
  gcc libc6-dev libssl-dev
  # What the two below are linked with.
  libdb5.3 libevent-2.1-7 libgnutls-dane0 libidn12 libnsl2 libpcre2-8-0
)
# Servers that exclude Postfix in the package database: their files go into a folder each, and are run from there.
# The suites look for them in the same place (internal/conformance/src/unpacked.ts).
aside=/opt/letterwright
unpacked=(exim4-base exim4-daemon-light opensmtpd)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
absent=()
for package in "${unpacked[@]}"; do
  [ -e "$aside/$package/complete" ] || absent+=("$package")
done
if [ $((${#missing[@]} + ${#absent[@]})) -eq 0 ]; then
  echo "all there: ${packages[*]} ${unpacked[*]}"
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "a full run needs these Debian packages, and only root can install them: ${missing[*]} ${absent[*]}" >&2
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
if [ ${#missing[@]} -gt 0 ]; then
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
fi

for package in "${absent[@]}"; do
  work=$(mktemp -d)
  chmod 755 "$work" # apt downloads as a user of its own
  chown _apt "$work" 2>/dev/null || true
  (cd "$work" && apt-get download -qq "$package" </dev/null)
  rm -rf "${aside:?}/$package"
  mkdir -p "$aside/$package"
  dpkg -x "$work"/*.deb "$aside/$package"
  touch "$aside/$package/complete"
  rm -rf "$work"
done
