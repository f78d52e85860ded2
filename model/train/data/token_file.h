#pragma once
// The file that a text's token ids are kept in: int32 ids of the training documents, then those of the held-out ones,
// then a trailer of fixed size that says how many and for what they were made, with a sha256 over all before it. In the
// byte order of the machine; a foreign one is made anew. No torch.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/mapped_file.h"
#include "model/checkpoint/sha256.h"
#include "model/core/job_context.h"
#include "model/core/output_file.h"

namespace gatescope {

class TokenFile {
  public:
    // The file at `path` where it is whole, was made for `key` (64 hex digits) and has ids below `vocabulary` alone;
    // nullptr where it isn't, or isn't there. Reads all of it. Throws Cancelled.
    static std::shared_ptr<const TokenFile> open(const std::filesystem::path& path, const std::string& key,
                                                 std::size_t vocabulary, JobContext& job);

    std::span<const std::int32_t> train() const { return ids_.first(train_count_); }
    std::span<const std::int32_t> held_out() const { return ids_.subspan(train_count_); }
    // [vocabulary] how often an id is among train().
    const std::vector<std::uint64_t>& train_counts() const { return train_counts_; }
    // Throws Failure(kBadFile) where the file was written to since it was opened.
    void require_unchanged() const { file_.require_unchanged(); }

  private:
    explicit TokenFile(const std::filesystem::path& path) : file_(path) {}
    bool check(const std::string& key, std::size_t vocabulary, JobContext& job);

    MappedFile file_;
    std::span<const std::int32_t> ids_;
    std::size_t train_count_ = 0;
    std::vector<std::uint64_t> train_counts_;
};

// Writes one aside and publishes it whole in place of what is there.
class TokenFileWriter {
  public:
    // Throws Failure(kOutput) where it can't be written, OutputBusy where another run is writing it.
    TokenFileWriter(const std::filesystem::path& path, std::string key);

    // First the training documents' ids, in pieces, then the others'. Throw Failure(kOutput).
    void add(std::span<const std::int32_t> ids);
    void end_training() { train_count_ = count_; }
    void publish();

  private:
    void write(std::span<const std::byte> bytes);
    void flush();

    OutputFile file_;
    std::string key_;
    Sha256 hash_;
    std::vector<std::int32_t> buffer_;  // gathers small documents
    std::uint64_t count_ = 0, train_count_ = 0;
};

// The trailer's bytes, [64 digits of `key`] included, but for its sha256.
std::string token_file_trailer(const std::string& key, std::uint64_t train_count, std::uint64_t held_out_count);

}  // namespace gatescope
