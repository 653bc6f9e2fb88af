# One static library a folder; USES names the rows of the architecture table it may include.
# COLD ones are compiled with less optimisation: nothing in them takes a user's time.
# `assay_library(store SOURCES a.cpp USES base model LINK sqlite)` defines `assay_store`.
function(assay_library name)
  cmake_parse_arguments(ARG "COLD" "" "SOURCES;USES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(assay_${name} STATIC ${ARG_SOURCES})
  target_include_directories(assay_${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(assay_${name} PUBLIC assay_${used})
  endforeach()
  target_link_libraries(assay_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK} assay_warnings
                                                                assay_settings)
  set(kind warm)
  if(ARG_COLD)
    set(kind cold)
    target_compile_options(assay_${name} PRIVATE ${ASSAY_COLD_OPTIONS})
  endif()
  if("base" IN_LIST ARG_USES OR name STREQUAL "base")
    target_precompile_headers(assay_${name} REUSE_FROM assay_precompiled_${kind})
  endif()
endfunction()
