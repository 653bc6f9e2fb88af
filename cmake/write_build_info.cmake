# Run as `cmake -P` on every build, so that the commit is right without configuring again.
# Without git, or outside a checkout (a source archive), commit and dirty flag are "unknown".
set(ASSAY_COMMIT unknown)
set(ASSAY_DIRTY unknown)

# A source archive inside somebody else's checkout must not report that checkout's commit.
execute_process(
  COMMAND git rev-parse --show-toplevel
  WORKING_DIRECTORY "${SOURCE_DIR}"
  OUTPUT_VARIABLE top_level
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(REAL_PATH "${SOURCE_DIR}" source_path)
if(top_level STREQUAL source_path)
  execute_process(
    COMMAND git rev-parse --short=12 HEAD
    WORKING_DIRECTORY "${SOURCE_DIR}"
    RESULT_VARIABLE commit_result
    OUTPUT_VARIABLE commit
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # Optional locks off: a build in the background must not get in the way of a `git commit`.
  execute_process(
    COMMAND git --no-optional-locks status --porcelain --untracked-files=no
    WORKING_DIRECTORY "${SOURCE_DIR}"
    RESULT_VARIABLE status_result
    OUTPUT_VARIABLE changes
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(commit_result EQUAL 0)
    set(ASSAY_COMMIT "${commit}")
  endif()
  if(status_result EQUAL 0)
    if(changes STREQUAL "")
      set(ASSAY_DIRTY no)
    else()
      set(ASSAY_DIRTY yes)
    endif()
  endif()
endif()

# configure_file leaves the file alone when its contents would be the same.
configure_file("${SOURCE_DIR}/cmake/build_info.h.in" "${OUTPUT}" @ONLY)
