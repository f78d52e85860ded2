#pragma once

#include <string>

namespace gatescope {

// Now as ISO 8601 in UTC, whole seconds: "2026-02-14T09:05:00Z".
std::string utc_now();

}  // namespace gatescope
