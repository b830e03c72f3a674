#!/usr/bin/env bash
# Unpacks message-db's SQL from its npm package into the directory $1. Does nothing where it is there.
set -euo pipefail

version=1.3.1
cache=${1:?usage: install_message_db.sh DIRECTORY}

[ -f "$cache/package/database/install.sh" ] && exit 0
command -v npm >/dev/null || { echo "npm is missing: apt-get install npm" >&2; exit 3; }
mkdir -p "$cache"
cd "$cache"
npm pack --silent "@eventide/message-db@$version" >/dev/null
tar -xzf "eventide-message-db-$version.tgz"
[ -f package/database/install.sh ] || { echo "the package holds no database/install.sh" >&2; exit 3; }
