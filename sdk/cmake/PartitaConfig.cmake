# find_package(Partita): the target Partita::sdk and the function partita_add_plugin().
# Works installed, and in the source tree with -DPartita_DIR=<repository>/sdk/cmake.
if(NOT TARGET Partita::sdk)
  find_path(Partita_INCLUDE_DIR partita/plugin.hpp NO_DEFAULT_PATH
            PATHS ${CMAKE_CURRENT_LIST_DIR}/../include ${CMAKE_CURRENT_LIST_DIR}/../../../include
                  ${CMAKE_CURRENT_LIST_DIR}/../../../../include)
  if(NOT Partita_INCLUDE_DIR)
    set(Partita_FOUND FALSE)
    set(Partita_NOT_FOUND_MESSAGE "no partita/plugin.hpp near ${CMAKE_CURRENT_LIST_DIR}")
    return()
  endif()
  add_library(Partita::sdk INTERFACE IMPORTED)
  target_include_directories(Partita::sdk INTERFACE ${Partita_INCLUDE_DIR})
endif()
include(${CMAKE_CURRENT_LIST_DIR}/PartitaAddPlugin.cmake)
