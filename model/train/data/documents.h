#pragma once
// The texts of a training run as documents, apart for training and for holding out. No torch.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/mapped_file.h"
#include "model/core/job_context.h"

namespace gatescope {

struct DataRequest {
    // UTF-8 files and folders; of a folder its *.txt files in the order of their names, empty ones left out.
    std::vector<std::filesystem::path> texts;
    std::string separator = "\n\n\n";  // between documents of a file; empty: a file is a document
    double held_out_share = 0.05;      // of the documents' bytes, between 0 and 1
    std::int64_t window_length = 256;
    std::filesystem::path cache_folder;  // made where it is missing; token_cache_folder() unless a test's own
};

// The files of `texts`, folders opened. Throws Failure(kNotFound, kUsage) for what isn't there and for a folder without
// any.
std::vector<std::filesystem::path> text_files(const std::vector<std::filesystem::path>& texts);

struct Document {
    std::string_view text;  // never empty, nor white space alone
    bool held_out = false;
};

// Which documents are held out depends on what they say alone: not on a seed, on files' names or their order. They are
// gone through in the order of their sha256, equal ones together; one is held out unless the part would then be larger
// than twice the share, until the share is reached. At least one is held out (where all are larger, the smallest) and
// at least one is not.
class Documents {
  public:
    // Throws Failure(kNotFound, kUsage, kBadFile), also where there are not two different documents; Cancelled.
    // Progress in MB.
    Documents(const DataRequest& request, JobContext& job);

    // In the order of the files. Texts live as long as this object.
    const std::vector<Document>& all() const& { return documents_; }
    const std::vector<Document>& all() const&& = delete;
    std::vector<std::string_view> training() const&;
    std::vector<std::string_view> training() const&& = delete;
    std::uint64_t bytes() const { return bytes_; }  // of all documents
    // Throws Failure(kBadFile) where a file was written to since it was opened.
    void require_unchanged() const;

  private:
    std::string_view add_file(const std::filesystem::path& path);
    void cut(std::string_view text, const std::filesystem::path& path, const std::string& separator);
    void split(double share, JobContext& job);

    std::vector<std::unique_ptr<const std::string>> held_;  // small files
    std::vector<std::unique_ptr<const MappedFile>> mapped_;
    std::vector<Document> documents_;
    std::uint64_t bytes_ = 0, held_out_bytes_ = 0;
};

}  // namespace gatescope
