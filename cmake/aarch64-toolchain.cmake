# Cross-builds for aarch64 Linux with Debian's compiler and arm64 packages (scripts/bootstrap test).
# Programs of that build run here under qemu-user; see CMAKE_CROSSCOMPILING_EMULATOR below.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

# Debian keeps the compiler's own sysroot in one place and arm64 packages in the multiarch folders.
# Tools such as flatc run at build time and are this machine's.
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# Packages that Debian cannot install beside this machine's are unpacked into the cache.
set(ASSAY_UNPACKED_ARM64 "${CMAKE_CURRENT_LIST_DIR}/../.cache/debian-arm64")
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu "${ASSAY_UNPACKED_ARM64}" /)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY BOTH)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE BOTH)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
set(CMAKE_SYSTEM_PREFIX_PATH /usr)
set(CMAKE_IGNORE_PREFIX_PATH /usr/local)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)

# -L: where the emulator looks for the loader and the C library; the other libraries come from the
# multiarch folders.
set(CMAKE_CROSSCOMPILING_EMULATOR
    qemu-aarch64 -L /usr/aarch64-linux-gnu -E
    LD_LIBRARY_PATH=/usr/aarch64-linux-gnu/lib:/usr/lib/aarch64-linux-gnu:/lib/aarch64-linux-gnu:${ASSAY_UNPACKED_ARM64}/usr/lib/aarch64-linux-gnu)
