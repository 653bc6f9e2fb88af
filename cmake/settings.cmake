# Warnings and language settings for our own code. Linked PRIVATE by our targets, never by third-party ones.
option(ASSAY_WARNINGS_AS_ERRORS "Turn warnings in our own code into errors" OFF)
set(ASSAY_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize=: address,undefined or thread")

add_library(assay_warnings INTERFACE)
target_compile_options(
  assay_warnings
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
            -Woverloaded-virtual -Wcast-align -Wnull-dereference -Wdouble-promotion
            $<$<BOOL:${ASSAY_WARNINGS_AS_ERRORS}>:-Werror>)
# Designated initialisers leave fields at their defaults on purpose; the others are false positives of
# g++ 12 in optimised standard-library code.
target_compile_options(
  assay_warnings INTERFACE -Wno-missing-field-initializers -Wno-null-dereference
                           $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>)

# Where g++'s time goes: two thirds of it into optimising code that runs once a command. -O3 does
# nothing for us that -O2 does not, but for the kernels, which ask for it themselves.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
# For libraries that are COLD: commands, pages, what waits for devices.
set(ASSAY_COLD_OPTIONS "$<$<CONFIG:Release,RelWithDebInfo>:-O1>")

add_library(assay_settings INTERFACE)
target_compile_features(assay_settings INTERFACE cxx_std_20)
if(ASSAY_SANITIZE)
  # For every target, GoogleTest's included: a half-instrumented program reports false positives.
  add_compile_options(-fsanitize=${ASSAY_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${ASSAY_SANITIZE})
endif()
