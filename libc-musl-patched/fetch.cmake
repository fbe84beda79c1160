# popcorn_fetch_musl(result): the folder with musl's source, from Debian's source
# package.  Nothing of it is in this repository; its checksum is (musl.sha256).
# Downloaded once into the user's cache, unpacked into the build folder.

set(MUSL_VERSION 1.2.3)
set(MUSL_PACKAGE_VERSION 1.2.3-1)
set(MUSL_TARBALL musl_${MUSL_VERSION}.orig.tar.gz)
set(POPCORN_MUSL_CHECKSUM ${CMAKE_CURRENT_LIST_DIR}/musl.sha256)

function(popcorn_musl_is_good file result)
  set(${result} FALSE PARENT_SCOPE)
  if(EXISTS ${file})
    file(READ ${POPCORN_MUSL_CHECKSUM} expected)
    string(SUBSTRING "${expected}" 0 64 expected)
    file(SHA256 ${file} actual)
    if(actual STREQUAL expected)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(popcorn_download_musl folder)
  find_program(POPCORN_APT_GET apt-get)
  if(NOT POPCORN_APT_GET)
    message(FATAL_ERROR "musl's source is not in ${folder} and there is no "
      "apt-get to fetch it with: put ${MUSL_TARBALL} there.")
  endif()
  file(MAKE_DIRECTORY ${folder}/download)
  execute_process(
    COMMAND ${POPCORN_APT_GET} source -q --download-only
      musl=${MUSL_PACKAGE_VERSION}
    WORKING_DIRECTORY ${folder}/download
    RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  popcorn_musl_is_good(${folder}/download/${MUSL_TARBALL} good)
  if(NOT good)
    message(FATAL_ERROR "cannot get Debian's source package musl "
      "${MUSL_PACKAGE_VERSION} (apt-get source said: ${failed}), or its "
      "checksum is not the one in libc-musl-patched/musl.sha256. Run "
      "scripts/setup.sh, which enables source packages.\n${output}")
  endif()
  file(RENAME ${folder}/download/${MUSL_TARBALL} ${folder}/${MUSL_TARBALL})
  file(REMOVE_RECURSE ${folder}/download)
endfunction()

function(popcorn_fetch_musl result)
  set(cache $ENV{XDG_CACHE_HOME})
  if(NOT cache)
    set(cache $ENV{HOME}/.cache)
  endif()
  set(cache ${cache}/popcorn)
  set(source ${CMAKE_BINARY_DIR}/libc/musl-${MUSL_VERSION})
  if(NOT EXISTS ${source}/unpacked)
    popcorn_musl_is_good(${cache}/${MUSL_TARBALL} good)
    if(NOT good)
      message(STATUS "Fetching musl ${MUSL_VERSION} (Debian source package)")
      popcorn_download_musl(${cache})
    endif()
    file(ARCHIVE_EXTRACT INPUT ${cache}/${MUSL_TARBALL}
      DESTINATION ${CMAKE_BINARY_DIR}/libc)
    file(TOUCH ${source}/unpacked)
  endif()
  set(${result} ${source} PARENT_SCOPE)
endfunction()
