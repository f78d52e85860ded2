#include "app/window/ui_context.h"

#include "imgui.h"
#include "implot.h"

namespace gatescope {

UiContext::UiContext() : imgui_(ImGui::CreateContext()), implot_(ImPlot::CreateContext()) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;  // the session file keeps what is to be kept
    io.LogFilename = nullptr;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.ConfigInputTextCursorBlink = true;
    io.ConfigErrorRecoveryEnableTooltip = false;
}

UiContext::~UiContext() {
    ImPlot::DestroyContext(implot_);
    ImGui::DestroyContext(imgui_);
}

}  // namespace gatescope
