#pragma once
// How two results of one model become one: their arrays over heads put side by side, or, where both are of the same
// heads, held to be the same.

#include <map>
#include <optional>
#include <string>

#include "captures/merge/head_join.h"

namespace gatescope {

// The two files, for complaints.
struct MergeNames {
    std::string a, b;
};

class Combine {
  public:
    // Throws Failure(kUsage) naming both files where the sets overlap without being the same.
    Combine(MergeNames names, const HeadSet& a, const HeadSet& b);

    // Of the same heads: one of the two may lack a part that the other has.
    bool same_heads() const { return !join_; }
    const HeadSet& whole() const { return whole_; }

    // `path`: where the array is in a capture. All throw Failure(kUsage) naming file and path.
    HeadGrid operator()(const HeadGrid& a, const HeadGrid& b, const std::string& path) const;
    HeadValues operator()(const HeadValues& a, const HeadValues& b, const std::string& path) const;
    std::map<std::string, HeadGrid> operator()(const std::map<std::string, HeadGrid>& a,
                                               const std::map<std::string, HeadGrid>& b, const std::string& path) const;
    // Any array with layer and head among its dimensions (HeadJoin::join).
    template <typename Value>
    std::vector<Value> array(const std::vector<Value>& a, const std::vector<Value>& b, std::int64_t before,
                             std::int64_t after, const std::string& path) const {
        if (join_) return join_->join(a, b, before, after);
        require(same_bits(a.data(), a.size() * sizeof(Value), b.data(), b.size() * sizeof(Value)), path);
        return a;
    }
    // What must be the same in both, heads or no heads: "B: PATH: is another one than in A".
    void require(bool same, const std::string& path) const;

    // A part that may be missing: combined where both have it, taken over where that is allowed.
    template <typename Part, typename Both>
    std::optional<Part> part(const std::optional<Part>& a, const std::optional<Part>& b, const std::string& path,
                             const Both& both) const {
        if (a && b) return both(*a, *b);
        require_missing_allowed(a.has_value() == b.has_value(), a.has_value(), path);
        return a ? a : b;
    }
    void require_missing_allowed(bool both_or_neither, bool a_has_it, const std::string& path) const;

  private:
    static bool same_bits(const void* a, std::size_t bytes_a, const void* b, std::size_t bytes_b);

    MergeNames names_;
    std::optional<HeadJoin> join_;
    HeadSet whole_;
};

}  // namespace gatescope
