#include "model/tokenizer/train/bpe_trainer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/train/pair_merges.h"
#include "model/tokenizer/train/word_counts.h"

namespace gatescope {
namespace {

constexpr std::size_t kMergesBetweenTicks = 64;

// Bytes have ids in the order of their characters, which UTF-8 keeps.
std::array<std::int32_t, 256> add_bytes(std::vector<std::string>& vocabulary) {
    const std::array<std::string, 256> alphabet = byte_alphabet();
    std::array<std::string, 256> sorted = alphabet;
    std::sort(sorted.begin(), sorted.end());
    std::array<std::int32_t, 256> ids{};
    for (std::size_t byte = 0; byte < alphabet.size(); ++byte) {
        const auto place = std::lower_bound(sorted.begin(), sorted.end(), alphabet[byte]) - sorted.begin();
        ids[byte] = static_cast<std::int32_t>(vocabulary.size()) + static_cast<std::int32_t>(place);
    }
    vocabulary.insert(vocabulary.end(), sorted.begin(), sorted.end());
    return ids;
}

void check_size(std::int64_t size) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    if (size >= kSmallestBpe && size <= kMost) return;
    throw Failure(FailureKind::kUsage,
                  "a vocabulary of " + std::to_string(size) + " tokens is too " + (size > kMost ? "large" : "small"),
                  "data.vocabulary",
                  "it has " + std::to_string(kSmallestBpe) + " at least: every byte and " + std::string(kEndOfText));
}

[[noreturn]] void throw_too_few(std::int64_t asked, std::size_t made) {
    throw Failure(
        FailureKind::kUsage,
        "the training texts give a vocabulary of " + std::to_string(made) + " tokens, not " + std::to_string(asked),
        "data.vocabulary", "ask for " + std::to_string(made) + " or fewer, or give longer texts");
}

}  // namespace

TrainedBpe train_bpe(std::span<const std::string_view> documents, std::int64_t size, JobContext& job) {
    check_size(size);
    TrainedBpe out;
    out.vocabulary.emplace_back(kEndOfText);
    const std::array<std::int32_t, 256> id_of_byte = add_bytes(out.vocabulary);
    const auto wanted = static_cast<std::size_t>(size);
    PairMerges pairs(count_words(documents, job), id_of_byte, job);
    job.begin("Training the tokenizer", "tokens", static_cast<double>(size));
    std::unordered_map<std::string, std::int32_t> merged_ids;  // two pairs may spell one token
    while (out.vocabulary.size() < wanted) {
        if (out.merges.size() % kMergesBetweenTicks == 0) job.tick(static_cast<double>(out.vocabulary.size()));
        const auto pair = pairs.most_frequent();
        if (!pair) throw_too_few(size, out.vocabulary.size());
        const std::string& left = out.vocabulary[static_cast<std::size_t>(pair->left)];
        const std::string& right = out.vocabulary[static_cast<std::size_t>(pair->right)];
        out.merges.emplace_back(left, right);
        const auto [merged, is_new] =
            merged_ids.try_emplace(left + right, static_cast<std::int32_t>(out.vocabulary.size()));
        if (is_new) out.vocabulary.push_back(merged->first);
        pairs.merge(*pair, merged->second, job);
    }
    job.tick(static_cast<double>(size));
    return out;
}

}  // namespace gatescope
