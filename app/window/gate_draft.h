#pragma once
// A gate as it is being edited in a card: follows the engine's setting until the user changes something.

#include <string>

#include "model/gates/gate_info.h"

namespace gatescope {

class GateDraft {
  public:
    // The engine's present setting; taken over when it is not the answer to the draft's own last change.
    void follow(const std::string& setting);

    const GateSpec& spec() const { return spec_; }
    // One term, which the card's controls can edit; composed gates are edited as text.
    bool simple() const { return spec_.terms.size() == 1; }
    GateTerm& term() { return spec_.terms.front(); }
    std::string syntax() const { return print_gate(spec_); }

    // Each gives the syntax to send, or an empty string where nothing is to be sent and `error` says why.
    std::string choose(const std::string& id);
    std::string set(const std::string& key, ParamValue value);
    std::string set_layers(const std::string& text);
    std::string set_heads(const std::string& text);
    std::string set_syntax(const std::string& text);
    const std::string& error() const { return error_; }

  private:
    std::string changed(GateSpec next);

    GateSpec spec_;
    std::string followed_, sent_, error_;
};

}  // namespace gatescope
