# Where scripts/setup put what the build and the program use. The number is the layout's version (scripts/setup).
set(GATESCOPE_CACHE_VERSION 1)
if(NOT GATESCOPE_CACHE)
    if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
        set(GATESCOPE_CACHE "$ENV{XDG_CACHE_HOME}/gatescope/${GATESCOPE_CACHE_VERSION}")
    else()
        set(GATESCOPE_CACHE "$ENV{HOME}/.cache/gatescope/${GATESCOPE_CACHE_VERSION}")
    endif()
endif()
