# shellcheck shell=bash
# Sourced, in this directory: installs the npm packages of package-lock.json where they are not yet there.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "tests/api: node and npm are needed (apt-get install nodejs npm)" >&2
  exit 2
fi
if ! cmp -s package-lock.json node_modules/.installed; then
  echo "tests/api: installing npm packages" >&2
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.installed
fi
