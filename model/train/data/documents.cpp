#include "model/train/data/documents.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "model/checkpoint/sha256.h"
#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr double kMega = 1e6;
constexpr double kMostOfShare = 2;  // a document that would make the held-out part larger than this is passed over

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

std::vector<fs::path> files_of_folder(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".txt" && entry->is_regular_file(failed) && entry->file_size(failed) > 0)
            out.push_back(entry->path());
    if (failed) throw Failure(FailureKind::kResource, "can't be listed: " + failed.message(), folder.string());
    if (out.empty())
        throw Failure(FailureKind::kUsage, "has no .txt file with any text", folder.string(),
                      "name files, or folders with such");
    std::sort(out.begin(), out.end());
    return out;
}

// Of each different text: how often it is there.
struct Alike {
    std::vector<std::size_t> documents;
    std::uint64_t bytes = 0;  // of all of them
};

}  // namespace

std::vector<fs::path> text_files(const std::vector<fs::path>& texts) {
    std::vector<fs::path> out;
    for (const fs::path& text : texts) {
        std::error_code unknown;
        if (!fs::is_directory(text, unknown)) {
            out.push_back(text);
            continue;
        }
        const std::vector<fs::path> files = files_of_folder(text);
        out.insert(out.end(), files.begin(), files.end());
    }
    if (out.empty()) throw Failure(FailureKind::kUsage, "no text is named", "texts", "name files or folders");
    return out;
}

Documents::Documents(const DataRequest& request, JobContext& job) {
    if (!(request.held_out_share > 0 && request.held_out_share < 1))
        throw Failure(FailureKind::kUsage, "the share of held-out text is not between 0 and 1", "held_out_share");
    for (const fs::path& path : text_files(request.texts)) {
        job.tick();
        files_.push_back(std::make_unique<const MappedFile>(path));
        cut(*files_.back(), request.separator);
    }
    split(request.held_out_share, job);
    require_unchanged();
}

void Documents::cut(const MappedFile& file, const std::string& separator) {
    const std::span<const std::byte> bytes = file.bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    check_utf8(text, file.path().string());
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t found = separator.empty() ? std::string_view::npos : text.find(separator, at);
        const std::size_t end = std::min(found, text.size());
        if (const std::string_view document = text.substr(at, end - at); !is_blank(document))
            documents_.push_back({document, false});
        at = end + std::max<std::size_t>(separator.size(), 1);
    }
}

void Documents::split(double share, JobContext& job) {
    for (const Document& document : documents_) bytes_ += document.text.size();
    job.begin("Reading the texts", "MB", static_cast<double>(bytes_) / kMega);
    std::map<std::string, Alike> by_hash;
    std::uint64_t done = 0;
    for (std::size_t n = 0; n < documents_.size(); ++n) {
        job.tick(static_cast<double>(done) / kMega);
        const std::string_view text = documents_[n].text;
        Sha256 hash;
        hash.add(std::as_bytes(std::span(text)));
        Alike& alike = by_hash[hash.hex()];
        alike.documents.push_back(n);
        alike.bytes += text.size();
        done += text.size();
    }
    if (by_hash.size() < 2)
        throw Failure(FailureKind::kUsage,
                      documents_.empty() ? "have no document" : "are one document: none could be held out", "texts",
                      "give more texts, or another separator between documents");
    const double target = share * static_cast<double>(bytes_);
    const auto hold_out = [&](const Alike& alike) {
        for (const std::size_t n : alike.documents) documents_[n].held_out = true;
        held_out_bytes_ += alike.bytes;
    };
    const Alike* smallest = nullptr;
    std::size_t training = by_hash.size();
    for (const auto& [hash, alike] : by_hash) {
        if (smallest == nullptr || alike.bytes < smallest->bytes) smallest = &alike;
        const auto with = static_cast<double>(held_out_bytes_ + alike.bytes);
        if (static_cast<double>(held_out_bytes_) >= target || with > kMostOfShare * target || training == 1) continue;
        hold_out(alike);
        --training;
    }
    if (held_out_bytes_ == 0) hold_out(*smallest);
}

std::vector<std::string_view> Documents::training() const& {
    std::vector<std::string_view> out;
    for (const Document& document : documents_)
        if (!document.held_out) out.push_back(document.text);
    return out;
}

void Documents::require_unchanged() const {
    for (const auto& file : files_) file->require_unchanged();
}

}  // namespace gatescope
