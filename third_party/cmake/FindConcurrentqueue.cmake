# Finds moodycamel's header-only queue and defines Concurrentqueue::concurrentqueue. It is used as
# <concurrentqueue/concurrentqueue.h>.
find_path(Concurrentqueue_INCLUDE_DIR concurrentqueue/concurrentqueue.h)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Concurrentqueue REQUIRED_VARS Concurrentqueue_INCLUDE_DIR)

if(Concurrentqueue_FOUND AND NOT TARGET Concurrentqueue::concurrentqueue)
  add_library(Concurrentqueue::concurrentqueue INTERFACE IMPORTED)
  target_include_directories(Concurrentqueue::concurrentqueue SYSTEM INTERFACE
    ${Concurrentqueue_INCLUDE_DIR})
endif()
mark_as_advanced(Concurrentqueue_INCLUDE_DIR)
