#include "model/tokenizer/id_list.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {

std::size_t most_ids(std::size_t tokens) {
    constexpr std::size_t kUnused = 1024, kLargest = std::numeric_limits<std::int32_t>::max();
    return std::min(2 * tokens + kUnused, kLargest);
}

std::int32_t read_id(const nlohmann::json& id, std::size_t most, const std::string& where) {
    if (!id.is_number_integer()) throw Failure(FailureKind::kBadFile, "the id is no integer", where);
    const bool fits = id.is_number_unsigned() ? id.get<std::uint64_t>() < most
                                              : id.get<std::int64_t>() >= 0 && id.get<std::uint64_t>() < most;
    if (!fits)
        throw Failure(FailureKind::kBadFile,
                      "id " + id.dump() + " is out of range: so many tokens justify ids below " + std::to_string(most),
                      where);
    return id.get<std::int32_t>();
}

}  // namespace gatescope
