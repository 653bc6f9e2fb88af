# Finds the ExecuTorch C++ SDK that ships inside the PyPI wheel (see scripts/bootstrap) and wraps it
# as `assay_executorch`. From CMake 3.28 the wheel's imported targets are used; before, its variables,
# because older versions write $ORIGIN wrongly into the imported targets' link options. One that was
# built from source and installed does as well: executorch_source_build.cmake.
set(ASSAY_SDK_DIR "${PROJECT_SOURCE_DIR}/.cache/executorch-${ASSAY_EXECUTORCH_VERSION}-${CMAKE_SYSTEM_PROCESSOR}"
    CACHE PATH "The unzipped executorch wheel, or the prefix that a source build was installed to")
if(EXISTS "${ASSAY_SDK_DIR}/lib/cmake/ExecuTorch/executorch-config.cmake")
  include(executorch_source_build)
  return()
endif()
if(NOT EXISTS "${ASSAY_SDK_DIR}/executorch/share/cmake/executorch-config.cmake")
  message(FATAL_ERROR "No ExecuTorch SDK in ${ASSAY_SDK_DIR}. Run scripts/bootstrap first.")
endif()
find_package(executorch ${ASSAY_EXECUTORCH_VERSION} REQUIRED CONFIG NO_CMAKE_FIND_ROOT_PATH
             PATHS "${ASSAY_SDK_DIR}/executorch/share/cmake" NO_DEFAULT_PATH)

set(ASSAY_SCHEMA_DIR "${ASSAY_SDK_DIR}/executorch")

add_library(assay_executorch INTERFACE)
if(TARGET executorch::runtime)
  target_link_libraries(
    assay_executorch INTERFACE executorch::runtime executorch::kernels_optimized
                               executorch::kernels_quantized executorch::backend_xnnpack
                               executorch::threadpool)
  if(TARGET executorch::backend_openvino)
    target_link_libraries(assay_executorch INTERFACE executorch::backend_openvino)
  endif()
else()
  # The QNN library wants Qualcomm's own libraries at start, so it stays out.
  set(executorch_libraries ${EXECUTORCH_LIBRARIES})
  list(FILTER executorch_libraries EXCLUDE REGEX "backend_qnn|etdump")
  target_link_libraries(assay_executorch INTERFACE ${executorch_libraries}
                                                   ${EXECUTORCH_QUANTIZED_KERNELS_LIBRARY})
endif()
# SYSTEM: the Module headers warn about a deprecated member of their own.
target_include_directories(assay_executorch SYSTEM INTERFACE ${EXECUTORCH_INCLUDE_DIRS})
target_compile_definitions(assay_executorch INTERFACE ${EXECUTORCH_COMPILE_DEFINITIONS})
