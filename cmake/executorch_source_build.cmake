# The runtime from an ExecuTorch source build that was installed (`cmake --install`), as for Android,
# where there is no wheel. Its package offers the build's own targets; which options make them is in
# docs/guide/device-kit.md. Wraps them as `assay_executorch`, like executorch.cmake does with the wheel.
set(ASSAY_EXECUTORCH_SOURCE "" CACHE PATH "The ExecuTorch source folder that ASSAY_SDK_DIR was built from")
# An installed build has no schemas.
set(ASSAY_SCHEMA_DIR "${ASSAY_EXECUTORCH_SOURCE}")
if(NOT EXISTS "${ASSAY_SCHEMA_DIR}/schema/program.fbs")
  message(FATAL_ERROR "ASSAY_EXECUTORCH_SOURCE is '${ASSAY_EXECUTORCH_SOURCE}', where there is no schema/program.fbs. "
                      "Set it to the source folder that ${ASSAY_SDK_DIR} was built from.")
endif()
find_package(executorch REQUIRED CONFIG NO_CMAKE_FIND_ROOT_PATH
             PATHS "${ASSAY_SDK_DIR}/lib/cmake/ExecuTorch" NO_DEFAULT_PATH)

# Not EXECUTORCH_LIBRARIES: it names the portable and the optimised kernels, and a program with both
# stops at its start because every operator is registered twice.
set(executorch_targets executorch extension_module_static extension_tensor extension_data_loader extension_flat_tensor
                       extension_threadpool optimized_native_cpu_ops_lib quantized_ops_lib xnnpack_backend)
add_library(assay_executorch INTERFACE)
foreach(target IN LISTS executorch_targets)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "The ExecuTorch build in ${ASSAY_SDK_DIR} has no ${target}; docs/guide/device-kit.md lists the "
                        "options that it must be built with.")
  endif()
  target_link_libraries(assay_executorch INTERFACE ${target})
endforeach()
target_include_directories(assay_executorch SYSTEM INTERFACE ${EXECUTORCH_INCLUDE_DIRS})
# The second: the headers' classes have another layout without it, so the build must have had it too.
target_compile_definitions(assay_executorch INTERFACE C10_USING_CUSTOM_GENERATED_MACROS ET_EVENT_TRACER_ENABLED
                                                      ET_USE_THREADPOOL)
