# POPCORN_ISAS, the list of isa/isas.def, and the facts of isa/<isa>/isa.def.
file(STRINGS isa/isas.def POPCORN_ISAS REGEX "^#include ")
list(TRANSFORM POPCORN_ISAS REPLACE "^#include \"isa/(.+)/isa.def\"$" "\\1")

foreach(isa IN LISTS POPCORN_ISAS)
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/isa/${isa}/isa.def)
    message(FATAL_ERROR "isa/isas.def names ${isa}, but there is no "
      "isa/${isa}/isa.def (docs/new-isa.md)")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    isa/${isa}/isa.def)
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS isa/isas.def)

# The texts of the rows `fact`("...") of an ISA; `fact`(field, ...) will do, too.
function(popcorn_isa_rows isa fact result)
  string(REPLACE "(" "\\(" row "^${fact}(")
  file(STRINGS ${CMAKE_SOURCE_DIR}/isa/${isa}/isa.def rows REGEX "${row}")
  if(NOT rows)
    message(FATAL_ERROR "isa/${isa}/isa.def has no ${fact} (docs/new-isa.md)")
  endif()
  list(TRANSFORM rows REPLACE "${row}\"?([^\")]*)\"?\\).*$" "\\1")
  set(${result} ${rows} PARENT_SCOPE)
endfunction()

# The words in them.
function(popcorn_isa_fact isa fact result)
  popcorn_isa_rows(${isa} ${fact} rows)
  string(REPLACE " " ";" rows "${rows}")
  set(${result} ${rows} PARENT_SCOPE)
endfunction()
