# Toolchain: Debian's cross compiler for PIM_TRIPLET, against packages of that architecture unpacked in PIM_SYSROOT
# (tools/lab/sysroot.sh).
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PIM_TRIPLET PIM_SYSROOT)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "${PIM_TRIPLET}")
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CXX_COMPILER ${PIM_TRIPLET}-g++)
set(CMAKE_SYSROOT ${PIM_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# a header's name in a message does not tell where the cache was
set(CMAKE_CXX_FLAGS_INIT "-ffile-prefix-map=${PIM_SYSROOT}=")
# that hash is of the debug information, too, in which the build's folder shows: an image has the same bytes from any folder
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--build-id=none")
