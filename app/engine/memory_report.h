#pragma once
// Is there room for a model, and if not, what would help? Weighed before anything is loaded: the same answer for the
// preview, the load and `gatescope info`. No torch.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gatescope {

// What a model takes, in bytes.
struct MemoryNeeds {
    std::uint64_t weights = 0;
    std::uint64_t working =
        0;  // beside the weights while they are loaded or a window runs, whichever is more; estimate
    std::uint64_t total() const { return weights + working; }
};

// How a model is to run.
struct MemoryWish {
    std::string dtype = "float32";
    std::int64_t window_length = 512;
    bool maps = true;  // maps of heads are drawn, too, as the window does
    bool operator==(const MemoryWish&) const = default;
};
using NeedsOf = std::function<MemoryNeeds(const MemoryWish& wish)>;

// What a device has left.
struct MemoryThere {
    std::string device;            // "cpu", "cuda:0"
    std::uint64_t bytes = 0;       // still to be had; 0: unknown
    std::uint64_t open_model = 0;  // held there by the model that is open; to be had once that is closed
};
// Of a device as a user names it ("best"). Throws Failure(kUsage) for one that is not there.
using MemoryProbe = std::function<MemoryThere(const std::string& device)>;

// A way to open the model that would fit.
struct MemoryOffer {
    MemoryWish wish;
    bool close_first = false;  // once the open model is closed
    std::uint64_t needed = 0;
    bool operator==(const MemoryOffer&) const = default;
};

struct MemoryReport {
    MemoryThere there;
    MemoryWish wish;
    MemoryNeeds needs;                                        // of the wish
    std::uint64_t weights_float32 = 0, weights_bfloat16 = 0;  // whatever the wish
    bool fits = true;
    std::vector<MemoryOffer> offers;  // where it does not fit: what would, the least change first; may be empty
};

MemoryReport weigh(const NeedsOf& needs_of, const MemoryWish& wish, const MemoryThere& there);

// "float32 with windows of 512 tokens needs 9.1 GB, 7.8 GB are there"
std::string memory_fault(const MemoryReport& report);
// "bfloat16 or windows of 128 tokens would fit"; what else there is where nothing would.
std::string memory_hint(const MemoryReport& report);

}  // namespace gatescope
