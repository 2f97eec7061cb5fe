#!/bin/bash
# Shows that the build refuses an include that the table in src/CMakeLists.txt does not permit.
# A folder's include directory holds nothing but that folder, so a header of another one is found
# only with that folder's directory, too, which a target gets by linking it.
set -euo pipefail
build_dir=$1
compiler=$2

# compiles <header> <folder>...: with only these folders' include directories.
compiles() {
  local header=$1
  shift
  echo "#include \"$header\"" |
    "$compiler" -std=c++20 -fsyntax-only -x c++ "${@/#/-I$build_dir/include/}" - 2> /dev/null
}

fail() {
  echo "$1"
  exit 1
}

compiles topology/slot.h topology base || fail "topology/ does not find what it may include"
compiles topology/slot.h base && fail "base/ finds a header of topology/"
compiles base/check.h topology && fail "topology/ finds base/ without linking it"
for folder in "$build_dir"/include/*; do
  [[ "$(ls "$folder")" == "$(basename "$folder")" ]] || fail "$folder holds more than its folder"
done
echo "the include rule holds"
