#!/bin/bash
# Proves the two commands of the README on a bare Debian 12: a minbase root with Python 3 and make, nothing else, made by
# debootstrap in a temporary folder (or the folder named as first argument, which is then kept and used again).
# Package sources, their keys and proxies, pip's settings and certificates are the host's, the network is too.
# Needs root and debootstrap. Stops at the first failure; takes down its mounts whatever happens.
# Usage: bare_debian.sh [FOLDER] [COMMAND]    default command: make run ARGS=--once && make test
set -euo pipefail

source=$(cd "$(dirname "$0")/../.." && pwd)
command=${2:-make run ARGS=--once && make test}
if [ $# -ge 1 ]; then
    root=$1
    keep=1
else
    root=$(mktemp -d --suffix=.bartizan-debian)
    keep=0
fi

clean_up() {
    local code=$?
    for mounted in dev proc; do
        mountpoint -q "$root/$mounted" && umount --recursive --lazy "$root/$mounted"
    done
    # Nothing may be mounted when the folder is removed.
    if [ $keep = 0 ] && ! grep -q " $root/" /proc/mounts; then
        rm -rf --one-file-system "$root"
    fi
    exit $code
}
trap clean_up EXIT

if [ ! -e "$root/etc/debian_version" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
    debootstrap --variant=minbase --include=python3,make bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$root.log" 2>&1 ||
        { tail -n 30 "$root.log" >&2; exit 1; }
    rm -f "$root.log"
fi

# Settings of the host: where packages come from and what is trusted.
rm -f "$root/etc/apt/sources.list"
for path in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/preferences.d /etc/apt/keyrings /etc/apt/trusted.gpg.d \
    /usr/share/keyrings /etc/ssl/certs /usr/share/ca-certificates /usr/local/share/ca-certificates \
    /etc/pip.conf /etc/xdg/pip /root/.config/pip /root/.pip /etc/resolv.conf /etc/hosts; do
    if [ -e "$path" ]; then
        mkdir -p "$root$(dirname "$path")"
        cp -rL --remove-destination "$path" "$root$(dirname "$path")/" 2>/dev/null || true
    fi
done
for path in $(grep -ls Acquire /etc/apt/apt.conf /etc/apt/apt.conf.d/* 2>/dev/null); do
    cp "$path" "$root$path"
done

mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev" || mount --rbind --make-rslave /dev "$root/dev"

rm -rf "$root/bartizan"
git clone --quiet "$source" "$root/bartizan"

settings=()
while IFS= read -r -d '' setting; do
    case ${setting%%=*} in
        PIP_* | *_proxy | *_PROXY | SSL_CERT_FILE | SSL_CERT_DIR | REQUESTS_CA_BUNDLE | CI) settings+=("$setting") ;;
    esac
done < <(env -0)

chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    "${settings[@]}" /bin/bash -c "set -e; cd /bartizan; $command" </dev/null
