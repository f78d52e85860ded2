#include "app/window/ui_context.h"

#include "imgui.h"
#include "imgui_internal.h"
#include "implot.h"

namespace gatescope {

UiContext::UiContext() : imgui_(ImGui::CreateContext()), implot_(ImPlot::CreateContext()) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;  // the session file keeps what is to be kept
    io.LogFilename = nullptr;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.ConfigInputTextCursorBlink = true;
    // F6 goes from panel to panel; Dear ImGui's own list of windows would show its inner names.
    imgui_->ConfigNavWindowingKeyNext = imgui_->ConfigNavWindowingKeyPrev = 0;
    // A slip in a panel's code is put right and logged; only tests stop at it.
    io.ConfigErrorRecoveryEnableAssert = false;
    io.ConfigErrorRecoveryEnableTooltip = false;
}

UiContext::~UiContext() {
    ImPlot::DestroyContext(implot_);
    ImGui::DestroyContext(imgui_);
}

}  // namespace gatescope
