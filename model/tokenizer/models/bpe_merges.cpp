#include "model/tokenizer/models/bpe_merges.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"

namespace gatescope {

using Json = nlohmann::json;

BpeMerge resolve_merge(const std::string& left, const std::string& right, const Vocabulary& vocabulary,
                       std::size_t prefix, const std::string& where) {
    const auto id_of = [&](const std::string& token) {
        const auto id = vocabulary.find(token);
        if (!id) throw Failure(FailureKind::kBadFile, "names \"" + token + "\", which is no token", where);
        return *id;
    };
    if (right.size() < prefix)
        throw Failure(FailureKind::kBadFile, "\"" + right + "\" lacks the prefix of what continues a word", where);
    return {id_of(left), id_of(right), id_of(left + right.substr(prefix))};
}

BpeMerge resolve_merge_line(std::string_view line, const Vocabulary& vocabulary, std::size_t prefix,
                            const std::string& where) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
        throw Failure(FailureKind::kBadFile, "\"" + std::string(line) + "\" is no pair of tokens", where);
    return resolve_merge(std::string(line.substr(0, space)), std::string(line.substr(space + 1)), vocabulary, prefix,
                         where);
}

std::vector<BpeMerge> read_merges(const Json& merges, const Vocabulary& vocabulary, std::size_t prefix,
                                  const std::string& where) {
    if (!merges.is_array()) throw Failure(FailureKind::kBadFile, "is no array", where);
    std::vector<BpeMerge> out;
    out.reserve(merges.size());
    std::size_t index = 0;
    for (const Json& merge : merges) {
        const std::string place = where + "[" + std::to_string(index++) + "]";
        if (merge.is_string()) {
            const auto& line = merge.get_ref<const std::string&>();
            if (!line.starts_with("#version")) out.push_back(resolve_merge_line(line, vocabulary, prefix, place));
            continue;
        }
        if (!merge.is_array() || merge.size() != 2 || !merge[0].is_string() || !merge[1].is_string())
            throw Failure(FailureKind::kBadFile, "is no pair of tokens", place, "allowed: \"a b\", [\"a\", \"b\"]");
        out.push_back(resolve_merge(merge[0].get_ref<const std::string&>(), merge[1].get_ref<const std::string&>(),
                                    vocabulary, prefix, place));
    }
    return out;
}

std::vector<std::int32_t> find_byte_ids(const Vocabulary& vocabulary) {
    std::vector<std::int32_t> ids;
    for (const std::string& character : byte_alphabet()) ids.push_back(vocabulary.find(character).value_or(-1));
    return ids;
}

}  // namespace gatescope
