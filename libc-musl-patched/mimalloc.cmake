# popcorn_mimalloc(source folder): copies of those files of mimalloc that heap/heap.c
# includes, in folder/include and folder/src.  Three things in them are different:
#
#   Names.  Each mi_... and _mi_... has "__" before it.  A program may bring a
#   mimalloc of its own, and the C library's names may not be in its way.
#   Sizes.  A segment is 4 MiB, not 32: each thread has one at least (docs/libc.md).
#   alloc.c ends where it goes on with strdup, realpath and C++'s operators.

set(MIMALLOC_FILES
  include/mimalloc.h include/mimalloc-internal.h include/mimalloc-types.h
  include/mimalloc-atomic.h include/mimalloc-track.h
  src/segment.c src/page.c src/page-queue.c src/heap.c src/alloc.c
  src/alloc-override.c src/alloc-aligned.c)
set(MIMALLOC_SIZES "( 9 + MI_SEGMENT_SLICE_SHIFT)  // 32MiB")
set(POPCORN_SIZES "( 6 + MI_SEGMENT_SLICE_SHIFT)  // 4MiB")
set(MIMALLOC_REST "// strdup, strndup, and realpath")

# Where `what` begins in the text of `name`.
function(popcorn_find_in_mimalloc name text what result)
  string(FIND "${text}" "${what}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "mimalloc's ${name} does not say \"${what}\": this is not "
      "the mimalloc that libc-musl-patched/mimalloc.cmake is for")
  endif()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

function(popcorn_mimalloc source folder)
  foreach(name IN LISTS MIMALLOC_FILES)
    file(READ ${source}/${name} text)
    if(name STREQUAL include/mimalloc-types.h)
      popcorn_find_in_mimalloc(${name} "${text}" "${MIMALLOC_SIZES}" found)
      string(REPLACE "${MIMALLOC_SIZES}" "${POPCORN_SIZES}" text "${text}")
    elseif(name STREQUAL src/alloc.c)
      popcorn_find_in_mimalloc(${name} "${text}" "${MIMALLOC_REST}" found)
      string(SUBSTRING "${text}" 0 ${found} text)
    endif()
    string(REGEX REPLACE "(^|[^A-Za-z0-9_])(_?mi_[a-z])" "\\1__\\2" text "${text}")
    popcorn_write_header(${folder}/${name} "${text}")
  endforeach()
endfunction()
