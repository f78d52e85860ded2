#include "model/checkpoint/shard_index.h"

#include <nlohmann/json.hpp>
#include <set>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/json_text.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;  // half a million tensors

std::string checked_file_name(const std::string& tensor, const nlohmann::json& value) {
    if (!value.is_string()) throw Failure(FailureKind::kBadFile, "weight_map names no file for it", tensor);
    auto name = value.get<std::string>();
    const bool plain = !name.empty() && name != "." && name != ".." && name.find_first_of("/\\") == std::string::npos &&
                       name.find('\0') == std::string::npos;
    if (!plain)
        throw Failure(FailureKind::kBadFile, "weight_map names \"" + one_line(name, 80) + "\" for it", tensor,
                      "a file in the same folder is allowed");
    return name;
}

ShardIndex index_of(const nlohmann::json& json) {
    const auto map = json.find("weight_map");
    if (map == json.end() || !map->is_object() || map->empty())
        throw Failure(FailureKind::kBadFile, "weight_map is no object from tensors to files");
    ShardIndex out;
    std::set<std::string> files;
    for (const auto& [tensor, value] : map->items()) {
        std::string file = checked_file_name(tensor, value);
        files.insert(file);
        out.file_of.emplace(tensor, std::move(file));
    }
    out.files.assign(files.begin(), files.end());
    return out;
}

}  // namespace

ShardIndex read_shard_index(const std::filesystem::path& path) {
    const nlohmann::json json = read_json_object(path, kMostBytes);
    return located(path.string(), [&] { return index_of(json); });
}

}  // namespace gatescope
