# Language level, optimisation and warnings of our own targets.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Portable x86-64: hot kernels choose wider instructions at run time, and -O3 for themselves. Both build types optimise
# alike, so tests see the numbers that users get. The dev build keeps assertions, and only line numbers of debug
# information: full information triples the size of every file that sees a tensor.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

# Paths below the source folder are hashed relative to it, so that another clone finds what this one compiled.
find_program(GATESCOPE_CCACHE ccache)
if(GATESCOPE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
        CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=time_macros "${GATESCOPE_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()

# gatescope_library(NAME SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...]): a static library of ours.
function(gatescope_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
    gatescope_own(${name})
endfunction()

# Our include root and our warnings, as errors.
function(gatescope_own name)
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
        -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Werror
        $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 sees overlaps in std::string's operator+ (its bug 105651)
endfunction()
