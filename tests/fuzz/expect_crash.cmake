# Proves that fuzzing finds faults: PROGRAM must crash on CORPUS, leave the input in CRASH_FILE, and
# crash on that input again.
file(REMOVE "${CRASH_FILE}")
execute_process(COMMAND "${PROGRAM}" ${FUZZ_ARGUMENTS} RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
if(result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} has a fault, and fuzzing did not find it")
endif()
if(NOT EXISTS "${CRASH_FILE}")
  message(FATAL_ERROR "${PROGRAM} ended with ${result}, but left no input in ${CRASH_FILE}")
endif()
execute_process(COMMAND "${PROGRAM}" "${CRASH_FILE}" RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
if(result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} does not crash on the input that it left in ${CRASH_FILE}")
endif()
