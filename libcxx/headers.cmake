# lib/popcorn/include/c++/v1: libc++'s headers and libc++abi's, with the configuration
# that upstream's build would write; lib/popcorn/share/libc++/v1: the sources of the
# modules std and std.compat, and lib/libc++.modules.json, which tells build systems of
# them.

# What upstream's build would have been told (libcxx/CMakeLists.txt there); all that is
# on by default for Linux is on.
set(_LIBCPP_ABI_VERSION 1)
set(_LIBCPP_ABI_NAMESPACE __1)
set(_LIBCPP_HAS_MUSL_LIBC ON)
set(_LIBCPP_HAS_NO_VENDOR_AVAILABILITY_ANNOTATIONS ON)
set(_LIBCPP_PSTL_BACKEND_STD_THREAD ON)
set(_LIBCPP_HARDENING_MODE_DEFAULT 2) # none

function(popcorn_install_cxx_headers llvm include)
  file(COPY ${llvm}/libcxx/include/ DESTINATION ${include}
    PATTERN CMakeLists.txt EXCLUDE PATTERN __config_site.in EXCLUDE)
  foreach(name IN ITEMS cxxabi.h __cxxabi_config.h)
    configure_file(${llvm}/libcxxabi/include/${name} ${include}/${name} COPYONLY)
  endforeach()
  configure_file(${llvm}/libcxx/include/__config_site.in ${include}/__config_site @ONLY)
  configure_file(${llvm}/libcxx/vendor/llvm/default_assertion_handler.in
    ${include}/__assertion_handler COPYONLY)
endfunction()

# The parts of a module, in the order of their names, as lines of C++.
function(popcorn_list_module_parts folder name result)
  file(GLOB parts RELATIVE ${folder} ${folder}/${name}/*.inc)
  list(TRANSFORM parts REPLACE "(.+)" "#include \"\\1\"\n")
  string(JOIN "" text ${parts})
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(popcorn_install_cxx_modules llvm lib)
  set(modules ${llvm}/libcxx/modules)
  set(folder ${lib}/share/libc++/v1)
  file(COPY ${modules}/std ${modules}/std.compat DESTINATION ${folder})
  popcorn_list_module_parts(${modules} std LIBCXX_MODULE_STD_INCLUDE_SOURCES)
  popcorn_list_module_parts(${modules} std.compat
    LIBCXX_MODULE_STD_COMPAT_INCLUDE_SOURCES)
  configure_file(${modules}/std.cppm.in ${folder}/std.cppm @ONLY)
  configure_file(${modules}/std.compat.cppm.in ${folder}/std.compat.cppm @ONLY)
  set(LIBCXX_MODULE_RELATIVE_PATH ../share/libc++/v1)
  configure_file(${modules}/modules.json.in ${lib}/lib/libc++.modules.json @ONLY)
  install(DIRECTORY ${lib}/share DESTINATION lib/popcorn)
endfunction()
