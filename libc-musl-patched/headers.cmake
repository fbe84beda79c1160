# lib/popcorn/include: musl's public headers, with the neutral ISA's bits/, and
# ours.  A file in overlay/ replaces musl's of the same name.

# bits/ that musl's AArch64 port has and that mean what the neutral ABI means.
# The rest is generic, or in overlay/arch/popcorn/bits.
set(NEUTRAL_BITS fcntl.h float.h posix.h reg.h signal.h stat.h stdint.h user.h)

function(popcorn_install_headers musl include)
  set(overlay ${CMAKE_CURRENT_SOURCE_DIR}/overlay)
  if(NOT EXISTS ${include}/bits/alltypes.h)
    file(COPY ${musl}/include/ DESTINATION ${include}
      FILES_MATCHING PATTERN "*.h")
    file(COPY ${musl}/arch/generic/bits DESTINATION ${include})
    foreach(name IN LISTS NEUTRAL_BITS)
      # Not file(COPY): it keeps a generic file of the same age.
      configure_file(${musl}/arch/aarch64/bits/${name}
        ${include}/bits/${name} COPYONLY)
    endforeach()
    file(READ ${musl}/arch/aarch64/bits/syscall.h.in numbers)
    string(REGEX MATCHALL "#define __NR_[^\n]*" lines "${numbers}")
    list(JOIN lines "\n" lines)
    string(REPLACE "__NR_" "SYS_" lines "${lines}")
    file(WRITE ${include}/bits/syscall.h "${numbers}${lines}\n")
    execute_process(
      COMMAND sed -f ${musl}/tools/mkalltypes.sed
        ${musl}/arch/aarch64/bits/alltypes.h.in ${musl}/include/alltypes.h.in
      OUTPUT_FILE ${include}/bits/alltypes.h RESULT_VARIABLE failed)
    if(failed)
      file(REMOVE ${include}/bits/alltypes.h)
      message(FATAL_ERROR "cannot make bits/alltypes.h (sed: ${failed})")
    endif()
  endif()
  file(GLOB_RECURSE ours CONFIGURE_DEPENDS RELATIVE ${overlay}/include
    ${overlay}/include/*.h)
  foreach(name IN LISTS ours)
    configure_file(${overlay}/include/${name} ${include}/${name} COPYONLY)
  endforeach()
  file(GLOB bits CONFIGURE_DEPENDS ${overlay}/arch/popcorn/bits/*.h)
  foreach(header IN LISTS bits)
    get_filename_component(name ${header} NAME)
    configure_file(${header} ${include}/bits/${name} COPYONLY)
  endforeach()
  file(GLOB public CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/*.h)
  foreach(header IN LISTS public)
    get_filename_component(name ${header} NAME)
    configure_file(${header} ${include}/${name} COPYONLY)
  endforeach()
  install(DIRECTORY ${include}/ DESTINATION lib/popcorn/include)
endfunction()
