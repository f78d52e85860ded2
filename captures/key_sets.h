#pragma once
// Key sets out of a capture: what the gate `keys` plays back.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

// Sets of the first windows of a text, for the layers and heads that the capture's maker analysed.
struct StoredKeySets {
    std::string gate;                         // the group's name, '!' as '/': "oracle:k=4@0/1"
    std::shared_ptr<const KeySets> sets;      // rows ascending, no key twice, none behind its query, -1 padded
    std::vector<std::int64_t> layers, heads;  // the numbers of the sets' layers and heads
    std::shared_ptr<const TextWindows> text;  // of which they are
    std::string model_name, model_sha256;
};

// `gate`: which of the capture's gates, in any spelling of its syntax, or whatever name another program gave its group;
// empty where the capture has key sets of one gate only. The file is checked as read_capture does, but of its numbers
// only the sets are read. Throws Failure(kBadFile, kNotFound), kUsage with the names of the gates that have key sets.
StoredKeySets read_key_sets(const std::filesystem::path& path, const std::string& gate);

}  // namespace gatescope
