# One static library a folder; USES names the rows of the architecture table it may include.
# `assay_library(store SOURCES a.cpp USES base model LINK sqlite)` defines `assay_store`.
function(assay_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(assay_${name} STATIC ${ARG_SOURCES})
  target_include_directories(assay_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(assay_${name} PUBLIC assay_${used})
  endforeach()
  target_link_libraries(assay_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK} assay_warnings
                                                                assay_settings)
endfunction()
