#pragma once
// Dear ImGui's and ImPlot's contexts for as long as the window lives.

struct ImGuiContext;
struct ImPlotContext;

namespace gatescope {

class UiContext {
  public:
    UiContext();
    ~UiContext();
    UiContext(const UiContext&) = delete;
    UiContext& operator=(const UiContext&) = delete;
    ImGuiContext* imgui() const { return imgui_; }

  private:
    ImGuiContext* imgui_;
    ImPlotContext* implot_;
};

}  // namespace gatescope
