# Precompiled headers, one for each way our sources are optimised: g++ takes one only where the
# options are the same. Off in the presets dev and fuzz (CMAKE_DISABLE_PRECOMPILE_HEADERS).
file(WRITE "${CMAKE_BINARY_DIR}/generated/precompiled.cpp" "")
foreach(kind IN ITEMS warm cold)
  add_library(assay_precompiled_${kind} OBJECT "${CMAKE_BINARY_DIR}/generated/precompiled.cpp")
  target_link_libraries(assay_precompiled_${kind} PRIVATE fmt::fmt nlohmann_json::nlohmann_json
                                                          assay_warnings assay_settings)
  target_precompile_headers(assay_precompiled_${kind} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/precompiled.h")
endforeach()
target_compile_options(assay_precompiled_cold PRIVATE ${ASSAY_COLD_OPTIONS})
