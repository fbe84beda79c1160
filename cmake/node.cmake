# What a node of another ISA needs, cross-compiled and static: the tree
# node/<isa>/{bin/popcornd,lib/popcorn/popcorn-agent}, to be copied there.
# The sources are those of the host's targets.  Target: node-<isa>.

# Objects of `targets`' C sources for an ISA; the list in `result`.
function(popcorn_node_objects isa result)
  set(objects)
  foreach(target IN LISTS ARGN)
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    foreach(source IN LISTS sources)
      get_filename_component(source ${source} ABSOLUTE BASE_DIR ${folder})
      file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${source})
      set(object ${CMAKE_BINARY_DIR}/node/${isa}/objects/${name}.o)
      get_filename_component(object_folder ${object} DIRECTORY)
      file(MAKE_DIRECTORY ${object_folder})
      get_property(known GLOBAL PROPERTY POPCORN_NODE_${isa})
      if(NOT object IN_LIST known)
        add_custom_command(OUTPUT ${object}
          COMMAND ${POPCORN_CLANG19} --target=${isa}-linux-gnu -std=gnu11 -O2 -g
            ${POPCORN_C_WARNINGS}
            $<$<BOOL:${CMAKE_COMPILE_WARNING_AS_ERROR}>:-Werror> -D_GNU_SOURCE
            -DPOPCORN_ABI_VERSION=${POPCORN_ABI_VERSION}
            -DPOPCORN_VERSION="${PROJECT_VERSION}" -I${CMAKE_SOURCE_DIR}
            -isystem /usr/include/${isa}-linux-gnu
            -MD -MF ${object}.d -c ${source} -o ${object}
          DEPENDS ${source} DEPFILE ${object}.d VERBATIM COMMAND_EXPAND_LISTS
          COMMENT "node ${isa} ${name}")
        set_property(GLOBAL APPEND PROPERTY POPCORN_NODE_${isa} ${object})
      endif()
      list(APPEND objects ${object})
    endforeach()
  endforeach()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

# A static executable; objects of `libraries` are taken where they are used.
function(popcorn_node_program isa output target)
  cmake_parse_arguments(arg "" "" "LIBRARIES;LINK" ${ARGN})
  popcorn_node_objects(${isa} main ${target})
  popcorn_node_objects(${isa} rest ${arg_LIBRARIES})
  get_filename_component(folder ${output} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${output}
    COMMAND ${POPCORN_CLANG19} --target=${isa}-linux-gnu -fuse-ld=lld -static
      ${main} -Wl,--start-lib ${rest} -Wl,--end-lib ${arg_LINK} -o ${output}
    DEPENDS ${main} ${rest} VERBATIM COMMENT "node ${isa} ${target}")
endfunction()

foreach(isa IN LISTS POPCORN_ISAS)
  if(isa STREQUAL CMAKE_SYSTEM_PROCESSOR)
    continue()
  endif()
  set(crypto /usr/lib/${isa}-linux-gnu/libcrypto.a)
  if(NOT EXISTS ${crypto})
    message(FATAL_ERROR "${crypto} is missing: libraries for ${isa} "
      "(scripts/setup.sh; docs/new-isa.md)")
  endif()
  set(tree ${CMAKE_BINARY_DIR}/node/${isa}/tree)
  popcorn_node_program(${isa} ${tree}/lib/popcorn/popcorn-agent popcorn-agent
    LIBRARIES popcorn_launch popcorn_isa popcorn_dsm popcorn_message)
  popcorn_node_program(${isa} ${tree}/bin/popcornd popcornd
    LIBRARIES popcorn_launch popcorn_isa popcorn_peer popcorn_common popcorn_message
    LINK ${crypto})
  add_custom_target(node-${isa} ALL
    DEPENDS ${tree}/lib/popcorn/popcorn-agent ${tree}/bin/popcornd)
  install(DIRECTORY ${tree}/ USE_SOURCE_PERMISSIONS
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/popcorn/node/${isa})
endforeach()
