# libtorch as imported targets of our own: torch's CMake package demands a CUDA toolkit, these do not.
# libtorch_cuda.so is not linked; model/core opens it at start where it loads, so one build serves both.
# -DGATESCOPE_TORCH=FOLDER (with include/ and lib/) builds on another torch than the one that set-up chose.
if(NOT GATESCOPE_TORCH)
    set(GATESCOPE_TORCH "${GATESCOPE_CACHE}/wheels/torch/torch")
endif()
# Where set-up linked to an installed torch: its own CUDA libraries lie beside its real place.
file(REAL_PATH "${GATESCOPE_TORCH}" GATESCOPE_TORCH)
set(_nvidia_lib "")
foreach(_wheel nvidia_cuda_runtime nvidia_cuda_cupti)
    list(APPEND _nvidia_lib "${GATESCOPE_CACHE}/wheels/${_wheel}/nvidia/cu13/lib")
endforeach()
if(NOT EXISTS "${GATESCOPE_TORCH}/lib/libtorch_cpu.so")
    message(FATAL_ERROR "libtorch is missing in ${GATESCOPE_TORCH}: run scripts/setup")
endif()
add_library(gatescope_c10 SHARED IMPORTED)
set_target_properties(gatescope_c10 PROPERTIES IMPORTED_LOCATION "${GATESCOPE_TORCH}/lib/libc10.so")
add_library(gatescope_torch SHARED IMPORTED)
set_target_properties(gatescope_torch PROPERTIES
    IMPORTED_LOCATION "${GATESCOPE_TORCH}/lib/libtorch_cpu.so"
    INTERFACE_INCLUDE_DIRECTORIES "${GATESCOPE_TORCH}/include;${GATESCOPE_TORCH}/include/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES gatescope_c10)
# at::parallel_for is inline and runs on one thread unless OpenMP is on; the runtime is torch's own libgomp.so.1.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set_property(TARGET gatescope_torch PROPERTY INTERFACE_COMPILE_OPTIONS -fopenmp)
    set_property(TARGET gatescope_torch APPEND PROPERTY INTERFACE_LINK_LIBRARIES
        "${GATESCOPE_TORCH}/lib/libgomp.so.1")
endif()
list(APPEND CMAKE_BUILD_RPATH "${GATESCOPE_TORCH}/lib" ${_nvidia_lib})
list(JOIN _nvidia_lib ":" _rpath_link)
# Old dynamic tags: only those are followed for what libtorch itself needs (libcupti, libcudart).
add_link_options("-Wl,-rpath-link,${_rpath_link}:${GATESCOPE_TORCH}/lib" -Wl,--disable-new-dtags)
