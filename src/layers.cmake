# kindred_layer(<folder> [<folders it may include>...])
#
# Makes the target kindred_<folder> from src/<folder>/*.cc. Its public include directory is a
# generated one that holds nothing but a link to src/<folder>, so that `#include "folder/file.h"`
# resolves only for the folders that the target links, directly or through them: a forbidden
# include is a compile error. Quoted includes with ".." are refused at configure time because they
# would go around that.
function(kindred_layer folder)
  set(root ${CMAKE_BINARY_DIR}/include/${folder})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc)
  if(sources)
    add_library(kindred_${folder} STATIC ${sources})
    kindred_use_precompiled_headers(kindred_headers kindred_${folder})
    set(scope PUBLIC)
  else()
    add_library(kindred_${folder} INTERFACE)
    set(scope INTERFACE)
  endif()

  target_include_directories(kindred_${folder} ${scope} ${root})
  list(TRANSFORM ARGN PREPEND kindred_)
  target_link_libraries(kindred_${folder} ${scope} ${ARGN})

  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc
    ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.h)
  foreach(file IN LISTS files)
    file(STRINGS ${file} climbing REGEX "^[ \t]*#[ \t]*include[ \t]*\"\\.\\.?/")
    if(climbing)
      message(FATAL_ERROR "${file} includes by a relative path: ${climbing}")
    endif()
  endforeach()
endfunction()

# kindred_libraries(<folder> <library>...): what a folder uses from outside; only the folder itself
# and those above it see it.
function(kindred_libraries folder)
  get_target_property(type kindred_${folder} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(kindred_${folder} INTERFACE ${ARGN})
  else()
    target_link_libraries(kindred_${folder} PUBLIC ${ARGN})
  endif()
endfunction()
