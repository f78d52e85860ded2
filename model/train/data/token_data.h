#pragma once
// Token ids to train on and to hold out, in a memory-mapped file that is made once for a text and a tokenizer. No
// torch.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/core/job_context.h"
#include "model/tokenizer/tokenizer.h"
#include "model/train/data/documents.h"

namespace gatescope {

class TokenFile;

// Documents' ids laid end to end, each as the tokenizer gives it and with end_of_text_id() at its end. Immutable: safe
// to use from any thread.
class TokenData {
  public:
    TokenData(std::shared_ptr<const TokenFile> file, std::int64_t window_length, std::string name, std::string sha256);

    std::int64_t train_tokens() const;  // in the data
    std::int64_t held_out_tokens() const;

    // Consecutive windows of window_length ids of the training documents. A window that is equal to one of the held-out
    // part, whatever text it comes from, is none of them; what is left at the end is dropped.
    std::size_t train_windows() const { return train_starts_.size(); }
    // Throws Failure(kBadFile) where the cache file was written to meanwhile.
    std::span<const std::int32_t> train_window(std::size_t window) const;

    using Windows = std::vector<std::vector<std::int32_t>>;
    // The first `count` windows of the held-out part, or as many as there are: consecutive; a last one may be shorter,
    // down to 2 ids.
    std::shared_ptr<const Windows> held_out_windows(std::int64_t count) const;

    // Perplexity of the windows, every id but a window's first scored, where each id has the probability
    // (times in the training documents + 1) / (ids of the training documents + d_vocab).
    double unigram_perplexity(const Windows& windows, std::int64_t d_vocab) const;

    const std::string& name() const { return name_; }      // of the texts: "wikipedia-train.txt"
    const std::string& sha256() const { return sha256_; }  // of all that determines the ids

  private:
    std::shared_ptr<const TokenFile> file_;
    std::size_t window_length_;
    std::string name_, sha256_;
    std::vector<std::uint64_t> train_starts_;
};

// ${XDG_CACHE_HOME:-~/.cache}/gatescope/tokens. Throws Failure(kResource) where there is no home.
std::filesystem::path token_cache_folder();

// Opens the texts' file of ids, or makes it: two processes at once are fine, one then waits for the other. What is
// found there is checked as a whole and made anew where it isn't sound. Throws Failure: as Documents does, kUsage where
// a part is too short for a window, kOutput where the folder can't be written (nothing is tokenised then) or the disk
// is full; Cancelled. Progress in MB.
std::shared_ptr<const TokenData> token_data(const DataRequest& request, const Tokenizer& tokenizer,
                                            const std::string& tokenizer_sha256, JobContext& job);

}  // namespace gatescope
