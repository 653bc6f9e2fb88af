#!/usr/bin/env bash
# Puts the ExecuTorch C++ SDK for aarch64 where the build looks for it: the published wheel where one
# runs, or a wheel built here from a source folder where none does (an older C library, your own
# changes). After it, scripts/device_kit makes the device kit.
#
#   scripts/build_executorch_aarch64.sh                   the published wheel; on any machine
#   scripts/build_executorch_aarch64.sh --source DIR      from source; on an aarch64 machine
#
# --source DIR     an ExecuTorch checkout of the pinned version, with its submodules
# --python PYTHON  a Python that has torch and what the checkout's install_requirements.py installs
#                  (default: an environment is made, which downloads torch)
# --output DIR     where the SDK goes (default: .cache/executorch-VERSION-aarch64 in the repository)
#
# Exit codes: 0 ok, 2 usage, 3 something is missing or the build failed.
set -euo pipefail
here=$(pwd)
cd "$(dirname "$0")/.."
# shellcheck source=scripts/versions.env
source scripts/versions.env

fail() {
  echo "build_executorch_aarch64: $2" >&2
  exit "$1"
}

absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }

source_folder='' python='' output=''
while [ $# -gt 0 ]; do
  case $1 in
    --source | --python | --output)
      [ -n "${2-}" ] || fail 2 "$1 needs a value"
      case $1 in
        --source) source_folder=$(absolute "$2") ;;
        --python) python=$2 ;;
        --output) output=$(absolute "$2") ;;
      esac
      shift 2
      ;;
    -h | --help)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' scripts/build_executorch_aarch64.sh
      exit 0
      ;;
    *) fail 2 "unknown option '$1'; see --help" ;;
  esac
done

# The oldest C library that the published wheel (manylinux_2_28) runs with.
wheel_runs_here() {
  local version
  version=$(getconf GNU_LIBC_VERSION 2>/dev/null) || return 1
  printf '2.28\n%s\n' "${version##* }" | sort --check=quiet --version-sort
}

if [ -z "$source_folder" ]; then
  [ -z "$output$python" ] || fail 2 "--output and --python go with --source"
  if [ "$(uname -m)" = aarch64 ] && ! wheel_runs_here; then
    fail 3 "the published wheel needs glibc 2.28 or newer, which is not here: build from source with --source DIR"
  fi
  scripts/bootstrap sdk aarch64 ||
    fail 3 "the wheel of ExecuTorch $EXECUTORCH_VERSION could not be installed; pip says why above. Or build from source: --source DIR"
  echo "build_executorch_aarch64: ExecuTorch $EXECUTORCH_VERSION is in .cache/executorch-$EXECUTORCH_VERSION-aarch64" >&2
  exit 0
fi

output=${output:-$PWD/.cache/executorch-$EXECUTORCH_VERSION-aarch64}
[ "$(uname -m)" = aarch64 ] ||
  fail 3 "a wheel is built for the machine that builds it, and this one is $(uname -m): run this on an aarch64 machine, or leave --source away"
for file in setup.py version.txt; do
  [ -f "$source_folder/$file" ] || fail 2 "$source_folder is no ExecuTorch checkout: it has no $file"
done
version=$(<"$source_folder/version.txt")
[ "$version" = "$EXECUTORCH_VERSION" ] ||
  fail 3 "$source_folder is ExecuTorch $version, and assay is made for $EXECUTORCH_VERSION: git -C $source_folder checkout v$EXECUTORCH_VERSION && git -C $source_folder submodule update --init --recursive"
[ -f "$source_folder/backends/xnnpack/third-party/XNNPACK/CMakeLists.txt" ] ||
  fail 3 "$source_folder has no submodules yet: git -C $source_folder submodule update --init --recursive"
for tool in g++ unzip python3; do
  command -v $tool >/dev/null || fail 3 "$tool is missing; scripts/bootstrap build installs it"
done
if [ -e "$output" ] && [ ! -e "$output/.complete" ]; then
  fail 3 "$output is there and is no SDK; remove it, or give another --output"
fi

mkdir -p "$(dirname "$output")"
work=$(mktemp -d "$output.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ -z "$python" ]; then
  echo "build_executorch_aarch64: making a Python environment with torch" >&2
  python3 -m venv "$work/venv" || fail 3 "no Python environment could be made; Debian's package is python3-venv"
  python=$work/venv/bin/python
  # The checkout knows which versions it is built with.
  (cd "$source_folder" && "$python" install_requirements.py >&2) || fail 3 "the checkout's install_requirements.py failed"
fi
echo "build_executorch_aarch64: building the wheel; on a small board this takes hours" >&2
"$python" -m pip wheel --no-deps --no-build-isolation --wheel-dir "$work/wheel" "$source_folder" >&2 ||
  fail 3 "the build of the wheel failed; its messages are above"
# What bootstrap leaves out of the published wheel: Python, and libraries that need it.
unzip -q "$work"/wheel/executorch-*.whl 'executorch/*' -d "$work/sdk" -x '*.py' '*_C*.so' '*libcustom_ops_aot_lib.so'
for part in lib/libexecutorch.so lib/libexecutorch_backend_xnnpack.so share/cmake/executorch-config.cmake; do
  [ -e "$work/sdk/executorch/$part" ] ||
    fail 3 "the wheel that was built has no $part: was the C++ SDK switched off (EXECUTORCH_BUILD_MINIMAL)?"
done
touch "$work/sdk/.complete"
rm -rf "$output"
mv "$work/sdk" "$output"
echo "build_executorch_aarch64: ExecuTorch $version, built from $source_folder, is in $output" >&2
