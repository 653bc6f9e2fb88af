# Third-party libraries, all from Debian packages (scripts/bootstrap installs them).
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# Static, so that an installed folder or a device kit carries them inside the one binary.
find_library(ASSAY_SQLITE_LIBRARY NAMES libsqlite3.a REQUIRED)
find_library(ASSAY_CRYPTO_LIBRARY NAMES libcrypto.a REQUIRED)
find_library(ASSAY_SNDFILE_LIBRARY NAMES sndfile REQUIRED)
find_program(ASSAY_FLATC flatc REQUIRED)

add_library(assay_sqlite INTERFACE)
target_link_libraries(assay_sqlite INTERFACE ${ASSAY_SQLITE_LIBRARY} m ${CMAKE_DL_LIBS} Threads::Threads)
add_library(assay_crypto INTERFACE)
target_link_libraries(assay_crypto INTERFACE ${ASSAY_CRYPTO_LIBRARY} ${CMAKE_DL_LIBS} Threads::Threads)
add_library(assay_sndfile INTERFACE)
target_link_libraries(assay_sndfile INTERFACE ${ASSAY_SNDFILE_LIBRARY})
