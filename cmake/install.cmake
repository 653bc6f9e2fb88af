# `cmake --install build/release --prefix DIR` gives a folder that runs wherever it is moved: the
# binary finds its libraries in ../lib and its suites in ../share/assay.
set_target_properties(assay PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
install(TARGETS assay RUNTIME_DEPENDENCY_SET assay_runtime_libraries RUNTIME DESTINATION bin)
if(NOT CMAKE_CROSSCOMPILING)
  # What any Linux has (the C library, its loader, libstdc++) stays out; all else comes along.
  install(
    RUNTIME_DEPENDENCY_SET assay_runtime_libraries
    DIRECTORIES "${ASSAY_SDK_DIR}/executorch/lib"
    PRE_EXCLUDE_REGEXES "^ld-linux.*" "^lib(c|m|dl|rt|pthread|gcc_s|stdc\\+\\+)\\.so.*"
    LIBRARY DESTINATION lib)
endif()
install(DIRECTORY suites/ DESTINATION share/assay/suites FILES_MATCHING PATTERN "*.json")
install(DIRECTORY datasets/ DESTINATION share/assay/datasets
        FILES_MATCHING PATTERN "*.wav" PATTERN "*.flac" PATTERN "*.pte" PATTERN "*.json" PATTERN "*.model"
        PATTERN "*.txt" PATTERN "*.md" PATTERN "LICENSE*" PATTERN "CMakeLists.txt" EXCLUDE)
install(DIRECTORY golden/ DESTINATION share/assay/golden FILES_MATCHING PATTERN "*.safetensors")
install(FILES LICENSE THIRD_PARTY_NOTICES.md DESTINATION share/assay)
