# Dear ImGui and its kin, from the imgui-bundle sources in the cache folder: optimised in every build type, silent, SYSTEM.
# The test engine's hooks are compiled in where tests are built; every user of gatescope_imgui gets the same definitions.
set(_bundle "${GATESCOPE_CACHE}/imgui-bundle/external")
if(NOT EXISTS "${_bundle}/imgui/imgui/imgui.h")
    message(FATAL_ERROR "Dear ImGui is missing in ${_bundle}: run scripts/setup")
endif()
find_package(glfw3 3.3 REQUIRED)
find_package(OpenGL REQUIRED COMPONENTS OpenGL)
find_package(Freetype REQUIRED)

# gatescope_foreign_library(NAME INCLUDES ... SOURCES ... DEPENDS ...): a static library of third-party sources.
function(gatescope_foreign_library name)
    cmake_parse_arguments(arg "" "" "INCLUDES;SOURCES;DEPENDS" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} SYSTEM PUBLIC ${arg_INCLUDES})
    target_link_libraries(${name} PUBLIC ${arg_DEPENDS})
    target_compile_options(${name} PRIVATE -w -O2)
    set_target_properties(${name} PROPERTIES CXX_CLANG_TIDY "" EXPORT_COMPILE_COMMANDS OFF)
endfunction()

set(_imgui "${_bundle}/imgui/imgui")
gatescope_foreign_library(gatescope_imgui
    INCLUDES "${_imgui}" "${_imgui}/backends"
    SOURCES
        ${_imgui}/imgui.cpp
        ${_imgui}/imgui_draw.cpp
        ${_imgui}/imgui_stacklayout.cpp
        ${_imgui}/imgui_tables.cpp
        ${_imgui}/imgui_widgets.cpp
        ${_imgui}/imgui_demo.cpp
        ${_imgui}/misc/cpp/imgui_stdlib.cpp
        ${_imgui}/misc/freetype/imgui_freetype.cpp
        ${_imgui}/backends/imgui_impl_glfw.cpp
        ${_imgui}/backends/imgui_impl_opengl3.cpp
        ${_imgui}/backends/imgui_impl_null.cpp
    DEPENDS glfw OpenGL::GL Freetype::Freetype ${CMAKE_DL_LIBS})
# Tokens hold emoji, so 32-bit characters; FreeType draws them in colour.
target_compile_definitions(gatescope_imgui PUBLIC IMGUI_USE_WCHAR32 IMGUI_ENABLE_FREETYPE)

set(_implot "${_bundle}/implot/implot")
gatescope_foreign_library(gatescope_implot
    INCLUDES "${_implot}"
    SOURCES ${_implot}/implot.cpp ${_implot}/implot_items.cpp
    DEPENDS gatescope_imgui)

if(GATESCOPE_TESTS)
    set(_engine "${_bundle}/imgui_test_engine/imgui_test_engine/imgui_test_engine")
    gatescope_foreign_library(gatescope_imgui_test_engine
        INCLUDES "${_engine}"
        SOURCES
            ${_engine}/imgui_capture_tool.cpp
            ${_engine}/imgui_te_context.cpp
            ${_engine}/imgui_te_coroutine.cpp
            ${_engine}/imgui_te_engine.cpp
            ${_engine}/imgui_te_exporters.cpp
            ${_engine}/imgui_te_perftool.cpp
            ${_engine}/imgui_te_ui.cpp
            ${_engine}/imgui_te_utils.cpp
        DEPENDS gatescope_imgui Threads::Threads)
    target_compile_definitions(gatescope_imgui PUBLIC IMGUI_ENABLE_TEST_ENGINE)
    target_compile_definitions(gatescope_imgui_test_engine PUBLIC
        IMGUI_TEST_ENGINE_ENABLE_COROUTINE_STDTHREAD_IMPL=1
        IMGUI_TEST_ENGINE_ENABLE_STD_FUNCTION=1
        IMGUI_TEST_ENGINE_ENABLE_CAPTURE=1)
    # The hooks that Dear ImGui now calls live in the engine.
    target_link_libraries(gatescope_imgui INTERFACE gatescope_imgui_test_engine)
endif()

set(_dialog "${_bundle}/ImFileDialog/ImFileDialog")
gatescope_foreign_library(gatescope_imfiledialog
    INCLUDES "${_dialog}"
    SOURCES ${_dialog}/ImFileDialog.cpp
    DEPENDS gatescope_imgui Threads::Threads)
target_include_directories(gatescope_imfiledialog SYSTEM PRIVATE
    "${_bundle}/imgui" "${_bundle}/immvision/immvision/src/immvision/internal/stb")
set_target_properties(gatescope_imfiledialog PROPERTIES CXX_STANDARD 17)  # compares paths with u8string()s
