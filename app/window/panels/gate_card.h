#pragma once
// One gate's card: kind, parameters by slider and by number, where it applies, and what it costs.

#include <memory>
#include <string>

#include "app/window/frame.h"
#include "app/window/gate_draft.h"

namespace gatescope {

class GateCard {
  public:
    explicit GateCard(int slot) : slot_(slot) {}
    // With `roomy` it says in a sentence what the gate does.
    void draw(Frame& frame, float width, bool roomy);

  private:
    void draw_head(Frame& frame);
    void draw_kinds(Frame& frame);
    void draw_parameters(Frame& frame, bool roomy);
    static void draw_about(const Frame& frame, const GateInfo& info, bool roomy);
    void draw_parameter(Frame& frame, const ParamSpec& spec, float label_width);
    void draw_places(Frame& frame, float label_width);
    void draw_place_presets(Frame& frame, float label_width);
    void draw_file(Frame& frame, const ParamSpec& spec, const std::string& path);
    void draw_syntax(Frame& frame);
    void draw_terms(const Frame& frame) const;
    void draw_result(const Frame& frame) const;
    void draw_cautions(const Frame& frame) const;
    void take_picked(Frame& frame);
    void send(Frame& frame, const std::string& syntax);

    int slot_;
    GateDraft draft_;
    std::string layers_, heads_, syntax_;
    std::string shown_setting_;  // what the text fields were filled from
    bool as_text_ = false;       // edited by its syntax, though its controls could
    // What the file dialog answers, which may outlive the card.
    struct Picked {
        std::string key, path;
    };
    std::shared_ptr<Picked> picked_ = std::make_shared<Picked>();
};

}  // namespace gatescope
