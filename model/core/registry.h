#pragma once
// The explicit lists that everything iterates (gates, families, formats, metrics, verbs, panels). An entry has an `id`.

#include <string>
#include <string_view>
#include <vector>

#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {

template <typename Entry>
std::vector<std::string> ids_of(const std::vector<Entry>& entries) {
    std::vector<std::string> out;
    for (const Entry& entry : entries) out.emplace_back(entry.id);
    return out;
}

// The entry called `id`. Throws Failure(kUsage): "unknown gate orcale; did you mean oracle? known: ...".
template <typename Entry>
const Entry& find_entry(const std::vector<Entry>& entries, std::string_view id, const std::string& what,
                        FailureKind kind = FailureKind::kUsage) {
    for (const Entry& entry : entries)
        if (entry.id == id) return entry;
    throw Failure(kind, "unknown " + what + " \"" + std::string(id) + "\"", {}, suggestion(id, ids_of(entries)));
}

}  // namespace gatescope
