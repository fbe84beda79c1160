# popcorn_fetch(NAME VERSION REVISION TARBALL FOLDER result [PATTERN...]): the folder
# with the source of one of Debian's source packages, or with what matches a PATTERN.
# Nothing of it is in this repository; its checksum is (NAME.sha256, beside the
# CMakeLists.txt that asks).  Downloaded once into the user's cache, unpacked into the
# build folder.

function(popcorn_source_is_good name file result)
  set(${result} FALSE PARENT_SCOPE)
  if(EXISTS ${file})
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${name}.sha256 expected)
    string(SUBSTRING "${expected}" 0 64 expected)
    file(SHA256 ${file} actual)
    if(actual STREQUAL expected)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(popcorn_download name version tarball folder)
  find_program(POPCORN_APT_GET apt-get)
  if(NOT POPCORN_APT_GET)
    message(FATAL_ERROR "the source of ${name} is not in ${folder} and there is no "
      "apt-get to fetch it with: put ${tarball} there.")
  endif()
  file(MAKE_DIRECTORY ${folder}/download)
  execute_process(
    COMMAND ${POPCORN_APT_GET} source -q --download-only ${name}=${version}
    WORKING_DIRECTORY ${folder}/download
    RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  popcorn_source_is_good(${name} ${folder}/download/${tarball} good)
  if(NOT good)
    message(FATAL_ERROR "cannot get Debian's source package ${name} "
      "${version} (apt-get source said: ${failed}), or its "
      "checksum is not the one in ${CMAKE_CURRENT_SOURCE_DIR}/${name}.sha256. Run "
      "scripts/setup.sh, which enables source packages.\n${output}")
  endif()
  file(RENAME ${folder}/download/${tarball} ${folder}/${tarball})
  file(REMOVE_RECURSE ${folder}/download)
endfunction()

function(popcorn_fetch name version revision tarball folder result)
  set(cache $ENV{XDG_CACHE_HOME})
  if(NOT cache)
    set(cache $ENV{HOME}/.cache)
  endif()
  set(cache ${cache}/popcorn)
  set(source ${CMAKE_BINARY_DIR}/source/${folder})
  set(unpacked)
  if(EXISTS ${source}/unpacked)
    file(READ ${source}/unpacked unpacked)
  endif()
  if(NOT unpacked STREQUAL "all ${ARGN}")
    popcorn_source_is_good(${name} ${cache}/${tarball} good)
    if(NOT good)
      message(STATUS "Fetching ${name} ${version} (Debian source package)")
      popcorn_download(${name} ${version}-${revision} ${tarball} ${cache})
    endif()
    set(patterns)
    if(ARGN)
      list(TRANSFORM ARGN PREPEND ${folder}/ OUTPUT_VARIABLE patterns)
      list(PREPEND patterns PATTERNS)
    endif()
    file(ARCHIVE_EXTRACT INPUT ${cache}/${tarball}
      DESTINATION ${CMAKE_BINARY_DIR}/source ${patterns})
    file(WRITE ${source}/unpacked "all ${ARGN}")
  endif()
  set(${result} ${source} PARENT_SCOPE)
endfunction()
