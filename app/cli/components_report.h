#pragma once
// What a head's components do, as text for people and as JSON for programs.

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/spectra/survey_results.h"

namespace gatescope {

struct ComponentsReport {
    const HeadComponents& head;
    const ModelSummary& model;
    std::map<std::int32_t, std::string> pieces;  // of the window's ids
    std::size_t pairs = 0;                       // of the window, a component
};

// A sentence on the head, then its planes and axes: the tokens on each side, whom they attend to, and the pairs of the
// window that the component binds most.
std::string components_text(const ComponentsReport& report);
nlohmann::ordered_json components_json(const ComponentsReport& report);

}  // namespace gatescope
