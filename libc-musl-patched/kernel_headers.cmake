# lib/popcorn/include/{linux,asm,asm-generic,...}: the kernel's headers, of Debian's
# linux-libc-dev, in the neutral ABI. The architecture's own, asm/, are the generic
# ones, which an asm/NAME.h includes, or ours, in overlay/include/asm. What names one
# ISA (asm/ptrace.h, asm/kvm.h) is not there, and what includes it is not either.

set(KERNEL_FOLDERS linux mtd rdma scsi sound video xen misc)

function(popcorn_install_kernel_headers musl include)
  set(kernel /usr/include)
  set(overlay ${CMAKE_CURRENT_SOURCE_DIR}/overlay/include/asm)
  if(NOT EXISTS ${kernel}/asm-generic/types.h)
    message(FATAL_ERROR "no kernel headers in ${kernel}: run scripts/setup.sh")
  endif()
  file(GLOB ours CONFIGURE_DEPENDS RELATIVE ${overlay} ${overlay}/*.h)
  file(GLOB generic RELATIVE ${kernel}/asm-generic ${kernel}/asm-generic/*.h)
  list(REMOVE_ITEM generic bpf_perf_event.h) # ptrace's registers
  set(asm ${ours})
  foreach(name IN LISTS generic)
    configure_file(${kernel}/asm-generic/${name} ${include}/asm-generic/${name} COPYONLY)
    if(name MATCHES "^(hugetlb_encode|int-l|.*-(base|common|defs)|ucontext)"
        OR name IN_LIST ours)
      continue()
    endif()
    popcorn_write_header(${include}/asm/${name} "#include <asm-generic/${name}>\n")
    list(APPEND asm ${name})
  endforeach()
  foreach(folder IN LISTS KERNEL_FOLDERS)
    file(GLOB_RECURSE headers RELATIVE ${kernel} ${kernel}/${folder}/*.h)
    foreach(header IN LISTS headers)
      file(STRINGS ${kernel}/${header} wanted REGEX "^#[ \t]*include[ \t]+<asm/")
      list(TRANSFORM wanted REPLACE ".*<asm/([^>]*)>.*" "\\1")
      list(REMOVE_ITEM wanted ${asm})
      if(NOT wanted AND NOT EXISTS ${musl}/include/${header})
        configure_file(${kernel}/${header} ${include}/${header} COPYONLY)
      endif()
    endforeach()
  endforeach()
endfunction()
