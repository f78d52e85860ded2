#include "analysis/repeated_keys.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "model/core/error.h"

namespace gatescope {

using nlohmann::json;

void refuse_repeated_keys(const std::string& text) {
    std::vector<std::set<std::string>> open;
    [[maybe_unused]] const json again = json::parse(text, [&open](int, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
            throw Failure(FailureKind::kBadFile, "stands there twice", one_line(parsed.get<std::string>(), 80),
                          "write it once");
        return true;
    });
}

}  // namespace gatescope
