include_guard(GLOBAL)

# partita_add_plugin(name source... [DESTINATION dir] [LIBRARIES lib...])
#
# Builds <name>.so, a plugin written in C or C++, and publishes it into DESTINATION, by default
# ${CMAKE_BINARY_DIR}/plugins.
function(partita_add_plugin name)
  cmake_parse_arguments(arg "" "DESTINATION" "LIBRARIES" ${ARGN})
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION ${CMAKE_BINARY_DIR}/plugins)
  endif()
  get_filename_component(destination "${arg_DESTINATION}" ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
  add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE Partita::sdk ${arg_LIBRARIES})
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden
                                           CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(CMAKE_CXX_COMPILER_LOADED)
    target_compile_features(${name} PRIVATE cxx_std_17)
  endif()
  partita_isolate_symbols(${name})
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFILE=$<TARGET_FILE:${name}> -DDESTINATION=${destination}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/publish.cmake)
endfunction()

# A plugin shows one symbol, and shares none with other plugins; what it lacks is an error of the link,
# not of the load.
function(partita_isolate_symbols name)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  # A unique symbol is one for the whole process: a second version would use the first one's.
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE -Wl,-z,now -Wl,--build-id=sha1 -Wl,--version-script=${map})
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${map})

  # Clang leaves the sanitizers' own symbols for the executable to bring.
  get_directory_property(options COMPILE_OPTIONS)
  set(compiler ${CMAKE_C_COMPILER_ID}${CMAKE_CXX_COMPILER_ID})
  if(NOT (compiler MATCHES Clang AND "${options} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS}" MATCHES -fsanitize))
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()
