# Third parties by name from Debian, as imported targets: CLI11::CLI11, nlohmann_json::nlohmann_json, tl::expected,
# PkgConfig::PCRE2, PkgConfig::UTF8PROC, PkgConfig::CRYPTO, hdf5::hdf5, hdf5::hdf5_hl; the window's are in imgui.cmake.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
find_package(Boost REQUIRED)  # headers: Boost.Math
find_package(HDF5 REQUIRED COMPONENTS C HL)
if(GATESCOPE_TESTS)
    find_package(GTest REQUIRED)
endif()
if(GATESCOPE_WINDOW)
    include(imgui)
endif()
