#include "model/train/data/token_data.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <utility>

#include "model/checkpoint/sha256.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/cache_folder.h"
#include "model/core/error.h"
#include "model/core/output_file.h"
#include "model/tokenizer/tokenizer_files.h"
#include "model/train/data/token_file.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using Window = std::span<const std::int32_t>;

constexpr int kFormat = 1;  // of what is in the file: how documents are cut, split and ended
constexpr double kMega = 1e6;
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

std::string hash_of(const fs::path& path, JobContext& job) {
    constexpr std::size_t kSlice = std::size_t{4} << 20U;
    const MappedFile file(path);
    const std::span<const std::byte> bytes = file.bytes();
    Sha256 hash;
    for (std::size_t at = 0; at < bytes.size(); at += kSlice) {
        job.tick();
        file.require_unchanged();
        hash.add(bytes.subspan(at, std::min(kSlice, bytes.size() - at)));
    }
    file.require_unchanged();
    return hash.hex();
}

// What determines the ids: the files' bytes in their order, how they are cut and split, and the tokenizer.
std::string key_of(const DataRequest& request, const std::string& tokenizer_sha256, JobContext& job) {
    char share[32];
    std::snprintf(share, sizeof(share), "%.17g", request.held_out_share);
    std::string facts = "tokens " + std::to_string(kFormat) + "\n" + tokenizer_sha256 + "\n" + share + "\n" +
                        std::to_string(request.separator.size()) + "\n" + request.separator + "\n";
    for (const fs::path& file : text_files(request.texts)) facts += hash_of(file, job) + "\n";
    return sha256_of(facts);
}

std::string name_of(const std::vector<fs::path>& texts) {
    const fs::path& first = texts.front();
    std::string name = (first.has_filename() ? first : first.parent_path()).filename().string();
    if (texts.size() > 1) name += " and " + std::to_string(texts.size() - 1) + " more";
    return name;
}

// Writes the ids of the documents.
class Tokenizing {
  public:
    Tokenizing(const Documents& documents, const Tokenizer& tokenizer, JobContext& job)
        : documents_(documents), tokenizer_(tokenizer), job_(job), end_(end_of_text_id(tokenizer)) {
        job_.begin("Tokenizing the texts", "MB", static_cast<double>(documents.bytes()) / kMega);
    }

    void write_to(TokenFileWriter& file) {
        write_side(false, file);
        file.end_training();
        write_side(true, file);
        documents_.require_unchanged();
        file.publish();
    }

  private:
    void write_side(bool held_out, TokenFileWriter& file) {
        for (const Document& document : documents_.all()) {
            if (document.held_out != held_out) continue;
            job_.tick(static_cast<double>(done_) / kMega);
            std::vector<std::int32_t> ids = tokenizer_.encode(document.text, 0, &job_);
            if (end_ && (ids.empty() || ids.back() != *end_)) ids.push_back(*end_);
            file.add(ids);
            done_ += document.text.size();
        }
    }

    const Documents& documents_;
    const Tokenizer& tokenizer_;
    JobContext& job_;
    std::optional<std::int32_t> end_;
    std::uint64_t done_ = 0;
};

void make_folder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) throw Failure(FailureKind::kOutput, "can't be made: " + failed.message(), folder.string());
}

// The file, made where there is none that is sound. Whoever finds another run making it waits for that one.
std::shared_ptr<const TokenFile> file_of(const DataRequest& request, const Tokenizer& tokenizer,
                                         const std::string& tokenizer_sha256, const std::string& key, JobContext& job) {
    const fs::path path = request.cache_folder / (key + ".tokens");
    const auto look = [&] { return TokenFile::open(path, key, tokenizer.size(), job); };
    for (;;) try {
            if (auto found = look()) return found;
            make_folder(request.cache_folder);
            TokenFileWriter file(path, key);
            if (auto found = look()) return found;  // made between the look and the lock
            const Documents documents(request, job);
            if (key_of(request, tokenizer_sha256, job) != key)
                throw Failure(FailureKind::kBadFile, "was written to while it was read", name_of(request.texts));
            Tokenizing(documents, tokenizer, job).write_to(file);
            if (auto made = look()) return made;
            throw Failure(FailureKind::kResource, "was written, but reads back otherwise", path.string());
        } catch (const OutputBusy&) {
            job.tick();
            std::this_thread::sleep_for(kBetweenLooks);
        }
}

std::shared_ptr<const TokenFile> with_way_out(const DataRequest& request, const Tokenizer& tokenizer,
                                              const std::string& tokenizer_sha256, const std::string& key,
                                              JobContext& job) try {
    return file_of(request, tokenizer, tokenizer_sha256, key, job);
} catch (const Failure& failure) {
    if (failure.kind() != FailureKind::kOutput) throw;
    throw Failure(failure.kind(), failure.fault(), failure.where(),
                  "token ids are kept there: free some space, or set XDG_CACHE_HOME to a folder that can be written");
}

std::string_view bytes_of(Window window) {
    return {reinterpret_cast<const char*>(window.data()), window.size_bytes()};
}

// Where the windows of the training ids begin, but for those that a held-out window is equal to.
std::vector<std::uint64_t> starts_apart(Window train, Window held_out, std::size_t length) {
    std::unordered_set<std::string_view> kept_back;
    for (std::size_t at = 0; at + length <= held_out.size(); at += length)
        kept_back.insert(bytes_of(held_out.subspan(at, length)));
    std::vector<std::uint64_t> out;
    for (std::size_t at = 0; at + length <= train.size(); at += length)
        if (!kept_back.contains(bytes_of(train.subspan(at, length)))) out.push_back(at);
    return out;
}

}  // namespace

TokenData::TokenData(std::shared_ptr<const TokenFile> file, std::int64_t window_length, std::string name,
                     std::string sha256)
    : file_(std::move(file)),
      window_length_(static_cast<std::size_t>(window_length)),
      name_(std::move(name)),
      sha256_(std::move(sha256)),
      train_starts_(starts_apart(file_->train(), file_->held_out(), window_length_)) {
    const std::string length = std::to_string(window_length);
    if (train_starts_.empty())
        throw Failure(FailureKind::kUsage,
                      file_->train().size() < window_length_
                          ? "the part to train on has " + std::to_string(file_->train().size()) +
                                " tokens, fewer than a window of " + length
                          : "every window of " + length + " tokens to train on is in the held-out part, too",
                      name_, "give longer texts or shorter windows");
    if (file_->held_out().size() < 2)
        throw Failure(FailureKind::kUsage, "the held-out part has fewer than 2 tokens", name_,
                      "give longer texts or a larger share");
}

std::int64_t TokenData::train_tokens() const {
    return static_cast<std::int64_t>(file_->train().size());
}

std::int64_t TokenData::held_out_tokens() const {
    return static_cast<std::int64_t>(file_->held_out().size());
}

Window TokenData::train_window(std::size_t window) const {
    file_->require_unchanged();
    return file_->train().subspan(static_cast<std::size_t>(train_starts_.at(window)), window_length_);
}

std::shared_ptr<const TokenData::Windows> TokenData::held_out_windows(std::int64_t count) const {
    file_->require_unchanged();
    const Window ids = file_->held_out();
    auto out = std::make_shared<Windows>();
    for (std::size_t at = 0; at + 2 <= ids.size() && static_cast<std::int64_t>(out->size()) < count;
         at += window_length_) {
        const Window window = ids.subspan(at, std::min(window_length_, ids.size() - at));
        out->emplace_back(window.begin(), window.end());
    }
    return out;
}

double TokenData::unigram_perplexity(const Windows& windows, std::int64_t d_vocab) const {
    const std::vector<std::uint64_t>& counts = file_->train_counts();
    const double all = static_cast<double>(train_tokens()) + static_cast<double>(d_vocab);
    double nll = 0;
    std::size_t scored = 0;
    for (const std::vector<std::int32_t>& window : windows)
        for (std::size_t n = 1; n < window.size(); ++n, ++scored) {
            const auto id = static_cast<std::size_t>(window[n]);
            nll -= std::log((static_cast<double>(id < counts.size() ? counts[id] : 0) + 1) / all);
        }
    return std::exp(nll / static_cast<double>(scored));
}

fs::path token_cache_folder() {
    const fs::path folder = user_cache_folder();
    if (folder.empty())
        throw Failure(FailureKind::kResource, "there is no folder to keep token ids in", "XDG_CACHE_HOME",
                      "set it to a folder that can be written");
    return folder / "tokens";
}

std::shared_ptr<const TokenData> token_data(const DataRequest& request, const Tokenizer& tokenizer,
                                            const std::string& tokenizer_sha256, JobContext& job) {
    if (request.window_length < 2)
        throw Failure(FailureKind::kUsage, "windows of fewer than 2 tokens have nothing to learn", "train.window");
    job.begin("Reading the texts", "", 0);
    std::string key = key_of(request, tokenizer_sha256, job);
    std::shared_ptr<const TokenFile> file = with_way_out(request, tokenizer, tokenizer_sha256, key, job);
    return std::make_shared<TokenData>(std::move(file), request.window_length, name_of(request.texts), std::move(key));
}

}  // namespace gatescope
