# Headers from outside that many sources include, parsed once for all of them. Only the standard
# library's and other projects' headers: a source still names what it uses, which the builds with a
# sanitizer show, where this is off.
if(KINDRED_SANITIZER)
  set(precompile OFF)
else()
  set(precompile ON)
endif()
option(KINDRED_PRECOMPILE "Parse the headers from outside once, not once a source" ${precompile})

set(KINDRED_OUTSIDE_HEADERS
  <algorithm> <array> <atomic> <charconv> <cstdint> <deque> <functional> <limits> <map> <memory>
  <mutex> <optional> <set> <span> <string> <string_view> <utility> <variant> <vector>
  <absl/container/flat_hash_map.h> <absl/container/inlined_vector.h> <absl/status/statusor.h>
  <fmt/format.h>)
set(KINDRED_OUTSIDE_LIBRARIES fmt::fmt absl::flat_hash_map absl::statusor)

if(KINDRED_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 takes what it inlines from them for the including source's own code, and reports overruns
  # in std::string and absl::InlinedVector that cannot happen (GCC bug 105651).
  add_compile_options(-Wno-array-bounds)
  # For ccache, which looks in the preprocessed source for the headers' file.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()

# kindred_precompiled_headers(<name> LIBRARIES <library>... HEADERS <header>...)
function(kindred_precompiled_headers name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;HEADERS")
  if(KINDRED_PRECOMPILE)
    set(empty ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
    file(CONFIGURE OUTPUT ${empty} CONTENT "// Only for its precompiled headers.\n")
    add_library(${name} OBJECT ${empty})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  endif()
endfunction()

# kindred_use_precompiled_headers(<name> <target>...)
function(kindred_use_precompiled_headers name)
  if(KINDRED_PRECOMPILE)
    foreach(target IN LISTS ARGN)
      target_precompile_headers(${target} REUSE_FROM ${name})
    endforeach()
  endif()
endfunction()
