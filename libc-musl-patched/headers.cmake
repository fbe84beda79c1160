# lib/popcorn/include: musl's public headers, with the neutral ISA's bits/, and
# ours.  A file in overlay/ replaces musl's of the same name.
#
# configure_file everywhere: it writes what differs and nothing else, so running
# cmake again neither rebuilds libc nor leaves an old header behind.

# bits/ that the front end's ISA has in musl and that mean what the neutral ABI means.
# The rest is generic, or in overlay/arch/popcorn/bits.
set(NEUTRAL_BITS fcntl.h float.h posix.h reg.h signal.h stat.h stdint.h user.h)

# vfork is fork (docs/libc.md); clang gives a function of that name properties
# of one that returns twice, which no function in a program may have.
set(AFTER_UNISTD "\n#undef vfork\n#define vfork fork\n")

# A stream's buffer; musl's is 1024, four times as many system calls.
set(BUFFER_BYTES 4096)

function(popcorn_write_header path text)
  set(POPCORN_HEADER_TEXT "${text}")
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/text.in ${path} @ONLY)
endfunction()

# Lists and trees of BSD, of Debian's libbsd, with our <sys/cdefs.h>.
function(popcorn_install_bsd_headers include)
  foreach(name IN ITEMS queue tree)
    file(READ /usr/include/bsd/sys/${name}.h text)
    string(REPLACE "<bsd/sys/cdefs.h>" "<sys/cdefs.h>" text "${text}")
    string(REPLACE "__unused" "__attribute__((__unused__))" text "${text}")
    popcorn_write_header(${include}/sys/${name}.h "${text}")
  endforeach()
endfunction()

function(popcorn_make_bits musl include)
  file(GLOB generic ${musl}/arch/generic/bits/*.h)
  set(headers ${generic})
  foreach(name IN LISTS NEUTRAL_BITS)
    list(REMOVE_ITEM headers ${musl}/arch/generic/bits/${name})
    list(APPEND headers ${musl}/arch/${POPCORN_NEUTRAL_ISA}/bits/${name})
  endforeach()
  file(GLOB ours CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/overlay/arch/popcorn/bits/*.h)
  foreach(header IN LISTS ours)
    get_filename_component(name ${header} NAME)
    list(REMOVE_ITEM headers ${musl}/arch/generic/bits/${name})
  endforeach()
  foreach(header IN LISTS headers ours)
    get_filename_component(name ${header} NAME)
    configure_file(${header} ${include}/bits/${name} COPYONLY)
  endforeach()
  file(READ ${musl}/arch/${POPCORN_NEUTRAL_ISA}/bits/syscall.h.in numbers)
  string(REGEX MATCHALL "#define __NR_[^\n]*" lines "${numbers}")
  list(JOIN lines "\n" lines)
  string(REPLACE "__NR_" "SYS_" lines "${lines}")
  popcorn_write_header(${include}/bits/syscall.h "${numbers}${lines}")
  execute_process(
    COMMAND sed -f ${musl}/tools/mkalltypes.sed
      ${musl}/arch/${POPCORN_NEUTRAL_ISA}/bits/alltypes.h.in ${musl}/include/alltypes.h.in
    OUTPUT_VARIABLE types RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "cannot make bits/alltypes.h (sed: ${failed})")
  endif()
  popcorn_write_header(${include}/bits/alltypes.h "${types}")
endfunction()

function(popcorn_install_headers musl include)
  set(overlay ${CMAKE_CURRENT_SOURCE_DIR}/overlay)
  file(GLOB_RECURSE headers RELATIVE ${musl}/include ${musl}/include/*.h)
  file(GLOB_RECURSE ours CONFIGURE_DEPENDS RELATIVE ${overlay}/include
    ${overlay}/include/*.h)
  list(REMOVE_ITEM headers ${ours} unistd.h stdio.h stdlib.h sys/stat.h)
  foreach(name IN LISTS headers)
    configure_file(${musl}/include/${name} ${include}/${name} COPYONLY)
  endforeach()
  foreach(name IN LISTS ours)
    configure_file(${overlay}/include/${name} ${include}/${name} COPYONLY)
  endforeach()
  file(READ ${musl}/include/unistd.h text)
  popcorn_write_header(${include}/unistd.h "${text}${AFTER_UNISTD}")
  file(READ ${musl}/include/stdio.h text)
  string(REGEX REPLACE "(#define BUFSIZ) 1024" "\\1 ${BUFFER_BYTES}" text "${text}")
  popcorn_write_header(${include}/stdio.h
    "${text}\n#include <bits/stdio_inline.h>\n")
  # The same numbers without a comparison of signed and unsigned ones.
  file(READ ${musl}/include/sys/socket.h text)
  string(REPLACE ">= __MHDR_END(mhdr) - (unsigned char *)(cmsg)"
    ">= (size_t)(__MHDR_END(mhdr) - (unsigned char *)(cmsg))" text "${text}")
  popcorn_write_header(${include}/sys/socket.h "${text}")
  file(READ ${musl}/include/stdlib.h text)
  popcorn_write_header(${include}/stdlib.h
    "${text}\n#include <bits/stdlib_inline.h>\n")
  file(READ ${musl}/include/sys/stat.h text)
  popcorn_write_header(${include}/sys/stat.h "${text}\n#include <bits/statx.h>\n")
  popcorn_make_bits(${musl} ${include})
  popcorn_install_kernel_headers(${musl} ${include})
  popcorn_install_bsd_headers(${include})
  file(GLOB public CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/*.h)
  foreach(header IN LISTS public)
    get_filename_component(name ${header} NAME)
    configure_file(${header} ${include}/${name} COPYONLY)
  endforeach()
  install(DIRECTORY ${include}/ DESTINATION lib/popcorn/include)
endfunction()
