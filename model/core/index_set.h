#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gatescope {

// Layers or heads that something applies to, as written on the command line: "0-3,7". Empty text: all.
class IndexSet {
  public:
    IndexSet() = default;                                  // all
    explicit IndexSet(std::vector<std::int64_t> indices);  // sorted, duplicates dropped
    // Throws Failure(kUsage) naming `what` ("layers") when the text is no list of ranges.
    static IndexSet parse(const std::string& text, const std::string& what);

    bool all() const { return all_; }
    bool contains(std::int64_t index) const;
    // The members below `count`; everything below `count` for all().
    std::vector<std::int64_t> members(std::int64_t count) const;
    // Throws Failure(kUsage) when a member is not below `count`: "layers 9: the model has 0-5".
    void check(std::int64_t count, const std::string& what) const;
    // "" for all, else ranges: parse(print()) gives the same set.
    std::string print() const;
    bool operator==(const IndexSet&) const = default;

  private:
    bool all_ = true;
    std::vector<std::int64_t> indices_;
};

}  // namespace gatescope
