#include "captures/merge/combine.h"

#include <cstring>

#include "model/core/error.h"
#include "model/core/index_set.h"

namespace gatescope {
namespace {

std::string print(const HeadSet& set) {
    return "layers " + IndexSet(set.layers).print() + " of heads " + IndexSet(set.heads).print();
}

}  // namespace

Combine::Combine(MergeNames names, const HeadSet& a, const HeadSet& b) : names_(std::move(names)), whole_(a) {
    if (a == b) return;
    if (!HeadJoin::possible(a, b))
        throw Failure(FailureKind::kUsage, "has " + print(b) + ", which overlap " + print(a) + " of " + names_.a,
                      names_.b + ": /layer", "shards have other layers and the same heads, or the other way round");
    join_.emplace(a, b);
    whole_ = join_->whole();
}

void Combine::require(bool same, const std::string& path) const {
    if (!same)
        throw Failure(FailureKind::kUsage, "is another one than in " + names_.a, names_.b + ": " + path,
                      "leave one of the two files out");
}

void Combine::require_missing_allowed(bool both_or_neither, bool a_has_it, const std::string& path) const {
    if (both_or_neither || same_heads()) return;
    throw Failure(FailureKind::kUsage, "is missing, while " + (a_has_it ? names_.a : names_.b) + " has it",
                  (a_has_it ? names_.b : names_.a) + ": " + path, "shards must have the same parts");
}

HeadGrid Combine::operator()(const HeadGrid& a, const HeadGrid& b, const std::string& path) const {
    if (join_) return join_->grid(a, b);
    require(
        same_bits(a.values.data(), a.values.size() * sizeof(float), b.values.data(), b.values.size() * sizeof(float)),
        path);
    return a;
}

HeadValues Combine::operator()(const HeadValues& a, const HeadValues& b, const std::string& path) const {
    require(a.n_values == b.n_values, path);
    return {std::ssize(whole_.layers), std::ssize(whole_.heads), a.n_values,
            array(a.values, b.values, 1, a.n_values, path)};
}

std::map<std::string, HeadGrid> Combine::operator()(const std::map<std::string, HeadGrid>& a,
                                                    const std::map<std::string, HeadGrid>& b,
                                                    const std::string& path) const {
    std::map<std::string, HeadGrid> out;
    for (const auto& [name, grid] : a) {
        const auto other = b.find(name);
        require_missing_allowed(other != b.end(), true, path + "/" + name);
        out[name] = other == b.end() ? grid : (*this)(grid, other->second, path + "/" + name);
    }
    for (const auto& [name, grid] : b) {
        require_missing_allowed(a.contains(name), false, path + "/" + name);
        out.try_emplace(name, grid);
    }
    return out;
}

bool Combine::same_bits(const void* a, std::size_t bytes_a, const void* b, std::size_t bytes_b) {
    return bytes_a == bytes_b && (bytes_a == 0 || std::memcmp(a, b, bytes_a) == 0);
}

}  // namespace gatescope
