#!/bin/bash
# Installs what Kindred is built and tested with, from Debian. It may be run again at any time:
# what is there is skipped, and without anything missing it neither asks for root nor uses the
# network. third_party/README.md says what each package is for.
set -euo pipefail

build_packages=(
  g++ make cmake ninja-build ccache pkg-config
  libuv1-dev librocksdb-dev libhiredis-dev libfmt-dev libcli11-dev
  libspdlog-dev libabsl-dev libxxhash-dev libssl-dev libjemalloc-dev
)
test_packages=(
  libgtest-dev librapidcheck-dev
  redis-server redis-tools python3 python3-redis openssl strace clang-format clang libclang-rt-14-dev
  python3-django python3-django-redis python3-celery ruby ruby-redis ruby-activesupport
  ruby-connection-pool php-cli php-redis php-illuminate-cache php-illuminate-redis
  prometheus-redis-exporter
)

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  echo "error: this script installs Debian packages, and this machine has no dpkg and apt-get." >&2
  echo "Install these by other means, then use the CMake presets: ${build_packages[*]}" >&2
  exit 1
fi

is_installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" == "installed" ]]
}

missing=()
for package in "${build_packages[@]}" "${test_packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
# Node.js often comes from somewhere else than Debian, whose npm would then not install: what
# counts is the command.
command -v node > /dev/null || missing+=(nodejs)
command -v npm > /dev/null || missing+=(npm)

if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi
echo "Installing from Debian: ${missing[*]}"

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "error: installing packages needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# Debian starts a daemon when its package is installed. The tests start their own redis-server, so
# unless the machine has its own rule, one that forbids the start holds during the installation.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  "${as_root[@]}" install -m 755 /dev/stdin $policy <<< $'#!/bin/sh\nexit 101'
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${missing[@]}"
