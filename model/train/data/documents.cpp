#include "model/train/data/documents.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <span>
#include <system_error>

#include "model/checkpoint/json_text.h"
#include "model/checkpoint/sha256.h"
#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr double kMega = 1e6;
constexpr std::uintmax_t kSmallFile = std::uintmax_t{1} << 20U;
constexpr double kMostOfShare = 2;  // a document that would make the held-out part larger than this is passed over

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

std::vector<fs::path> files_of_folder(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        std::error_code unknown;
        const bool empty = entry->is_regular_file(unknown) && entry->file_size(unknown) == 0;
        if (entry->path().extension() == ".txt" && !entry->is_directory(unknown) && !empty)
            out.push_back(entry->path());
    }
    if (failed) throw Failure(FailureKind::kResource, "can't be listed: " + failed.message(), folder.string());
    if (out.empty())
        throw Failure(FailureKind::kUsage, "has no .txt file with any text", folder.string(),
                      "name files, or folders with such");
    std::sort(out.begin(), out.end());
    return out;
}

// A document by its sha256, as numbers in the order of the digits.
struct Hashed {
    std::array<std::uint64_t, 4> hash{};
    std::size_t document = 0;
    auto operator<=>(const Hashed&) const = default;
};

Hashed hashed(std::string_view text, std::size_t document) {
    Sha256 hash;
    hash.add(std::as_bytes(std::span(text)));
    const std::string digits = hash.hex();
    constexpr std::size_t kDigits = 16;  // of a number
    Hashed out{.document = document};
    for (std::size_t n = 0; n < out.hash.size(); ++n)
        std::from_chars(digits.data() + n * kDigits, digits.data() + (n + 1) * kDigits, out.hash[n], 16);
    return out;
}

std::vector<Hashed> sorted_by_hash(const std::vector<Document>& documents, JobContext& job) {
    std::vector<Hashed> out;
    out.reserve(documents.size());
    std::uint64_t done = 0;
    for (const Document& document : documents) {
        job.tick(static_cast<double>(done) / kMega);
        out.push_back(hashed(document.text, out.size()));
        done += document.text.size();
    }
    std::sort(out.begin(), out.end());
    return out;
}

using Alike = std::span<const Hashed>;  // documents that say the same

// Calls `visit` with each group of equal documents, in the order of their sha256.
template <typename Visit>
void for_each_different(const std::vector<Hashed>& sorted, const Visit& visit) {
    for (auto first = sorted.begin(); first != sorted.end();) {
        const auto end =
            std::find_if(first, sorted.end(), [&](const Hashed& each) { return each.hash != first->hash; });
        visit(Alike(first, end));
        first = end;
    }
}

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
    if (out.empty()) throw Failure(FailureKind::kUsage, "no text is named", "data.text", "name files or folders");
    return out;
}

Documents::Documents(const DataRequest& request, JobContext& job) {
    if (!(request.held_out_share > 0 && request.held_out_share < 1))
        throw Failure(FailureKind::kUsage, "is not between 0 and 1", "data.held_out_share");
    for (const fs::path& path : text_files(request.texts)) {
        job.tick();
        cut(add_file(path), path, request.separator);
    }
    split(request.held_out_share, job);
    require_unchanged();
}

// A mapping keeps a file open, and there may be thousands.
std::string_view Documents::add_file(const fs::path& path) {
    std::error_code unknown;
    const std::uintmax_t size = fs::is_regular_file(path, unknown) ? fs::file_size(path, unknown) : 0;
    if (size > 0 && size <= kSmallFile) {
        held_.push_back(std::make_unique<const std::string>(read_small_file(path, kSmallFile)));
        return *held_.back();
    }
    mapped_.push_back(std::make_unique<const MappedFile>(path));
    const std::span<const std::byte> bytes = mapped_.back()->bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Documents::cut(std::string_view text, const fs::path& path, const std::string& separator) {
    check_utf8(text, path.string());
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
    const std::vector<Hashed> sorted = sorted_by_hash(documents_, job);
    std::size_t different = 0;
    for_each_different(sorted, [&](Alike) { ++different; });
    if (different < 2)
        throw Failure(
            FailureKind::kUsage,
            documents_.empty() ? "the texts have no document" : "the texts are one document: none could be held out",
            "data.text", "give more texts, or another separator between documents");
    const double target = share * static_cast<double>(bytes_);
    const auto bytes_of = [&](Alike alike) { return alike.size() * documents_[alike.front().document].text.size(); };
    const auto hold_out = [&](Alike alike) {
        for (const Hashed& each : alike) documents_[each.document].held_out = true;
        held_out_bytes_ += bytes_of(alike);
    };
    Alike smallest;
    for_each_different(sorted, [&](Alike alike) {
        if (smallest.empty() || bytes_of(alike) < bytes_of(smallest)) smallest = alike;
        const auto with = static_cast<double>(held_out_bytes_ + bytes_of(alike));
        if (static_cast<double>(held_out_bytes_) >= target || with > kMostOfShare * target || different == 1) return;
        hold_out(alike);
        --different;
    });
    if (held_out_bytes_ == 0) hold_out(smallest);
}

std::vector<std::string_view> Documents::training() const& {
    std::vector<std::string_view> out;
    for (const Document& document : documents_)
        if (!document.held_out) out.push_back(document.text);
    return out;
}

void Documents::require_unchanged() const {
    for (const auto& file : mapped_) file->require_unchanged();
}

}  // namespace gatescope
