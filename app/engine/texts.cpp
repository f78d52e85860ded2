// The texts of models.h. No torch.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/engine/models.h"
#include "app/engine/sample_files.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/core/npy.h"
#include "model/tokenizer/piece_or_id.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::error_code status;
    if (!fs::exists(path, status)) throw Failure(FailureKind::kNotFound, "no such file", path.string());
    if (fs::is_directory(path, status))
        throw Failure(FailureKind::kUsage, "is a folder", path.string(), "name a file in it");
    if (!fs::is_regular_file(path, status))
        throw Failure(FailureKind::kUsage, "is no regular file", path.string(), "save it to a file first");
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    if (file) bytes.resize(fs::file_size(path));
    if (!file || !file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
        throw Failure(FailureKind::kBadFile, std::string("can't be read: ") + std::strerror(errno), path.string());
    return bytes;
}

void check_text(const std::string& contents, const std::string& where) {
    if (contents.empty()) throw Failure(FailureKind::kUsage, "is empty", where, "give a text of at least 2 tokens");
    check_utf8(contents, where);
}

std::shared_ptr<TextWindows> cut(const std::vector<std::int32_t>& ids, std::int64_t window_length, std::int64_t windows,
                                 const std::string& where) {
    auto out = std::make_shared<TextWindows>();
    out->window_length = window_length;
    const auto length = static_cast<std::size_t>(window_length);
    for (std::size_t begin = 0; begin + 2 <= ids.size(); begin += length) {
        if (windows > 0 && out->windows.size() == static_cast<std::size_t>(windows)) break;
        const auto first = ids.begin() + static_cast<std::ptrdiff_t>(begin);
        out->windows.emplace_back(first, first + static_cast<std::ptrdiff_t>(std::min(length, ids.size() - begin)));
    }
    if (out->windows.empty())
        throw Failure(FailureKind::kUsage, "has fewer than 2 tokens", where, "give a longer text");
    return out;
}

void add_pieces(TextWindows& text, const Tokenizer* tokenizer) {
    for (const auto& window : text.windows)
        for (const std::int32_t id : window)
            if (!text.pieces.contains(id)) text.pieces.emplace(id, piece_or_id(tokenizer, id));
}

void check_vocabulary(const std::vector<std::int32_t>& ids, const Model& model, const std::string& where) {
    const std::int64_t vocabulary = model.summary->config.d_vocab;
    const auto beyond = std::find_if(ids.begin(), ids.end(), [&](std::int32_t id) { return id >= vocabulary; });
    if (beyond == ids.end()) return;
    throw Failure(
        FailureKind::kBadFile,
        "gives the id " + std::to_string(*beyond) + ", but the model has ids 0-" + std::to_string(vocabulary - 1),
        where,
        "the tokenizer has " + std::to_string(tokenizer_of(model).size()) + " pieces, the model " +
            std::to_string(vocabulary) + " ids: they don't belong together");
}

}  // namespace

fs::path text_path(const std::string& text) {
    if (text == "sample") return sample_text_path();
    if (text == "sample-train") return sample_training_text_path();
    if (text.empty()) throw Failure(FailureKind::kUsage, "names no file", "--text \"\"");
    return text;
}

std::string read_text(const fs::path& path) {
    std::string contents = read_file(path);
    check_text(contents, path.string());
    return contents;
}

std::shared_ptr<const TextWindows> open_text(const std::string& text, const Model& model, std::int64_t window_length,
                                             std::int64_t windows, JobContext& job) {
    const fs::path path = text_path(text);
    const std::string contents = read_text(path);
    try {
        return cut_text(path.filename().string(), contents, model, window_length, windows, job);
    } catch (const Failure& failure) {
        throw failure.where() == path.filename()
            ? Failure(failure.kind(), failure.fault(), path.string(), failure.hint())
            : failure;
    }
}

std::shared_ptr<const TextWindows> cut_text(const std::string& name, const std::string& contents, const Model& model,
                                            std::int64_t window_length, std::int64_t windows, JobContext& job) {
    const Tokenizer& tokenizer = tokenizer_of(model);
    check_text(contents, name);
    std::size_t wanted = 0;
    if (__builtin_mul_overflow(static_cast<std::size_t>(windows), static_cast<std::size_t>(window_length), &wanted))
        wanted = 0;
    job.begin("Tokenizing", "", 0);
    const std::vector<std::int32_t> ids = tokenizer.encode(contents, wanted, &job);
    check_vocabulary(ids, model, name);
    const std::shared_ptr<TextWindows> out = cut(ids, window_length, windows, name);
    out->name = name;
    out->sha256 = sha256_of(contents);
    add_pieces(*out, &tokenizer);
    return out;
}

std::shared_ptr<const TextWindows> open_tokens(const std::string& path, const Model& model, std::int64_t window_length,
                                               std::int64_t windows, JobContext& job) {
    const std::string bytes = read_file(path);
    const std::int64_t vocabulary = model.summary->config.d_vocab;
    std::vector<std::int32_t> ids;
    for (const std::int64_t id : parse_npy_ids(bytes, path)) {
        if (id < 0 || id >= vocabulary)
            throw Failure(FailureKind::kUsage, "holds the id " + std::to_string(id), path,
                          "the model's ids are 0-" + std::to_string(vocabulary - 1));
        ids.push_back(static_cast<std::int32_t>(id));
    }
    job.tick();
    const std::shared_ptr<TextWindows> out = cut(ids, window_length, windows, path);
    out->name = fs::path(path).filename().string();
    out->sha256 = sha256_of(bytes);
    add_pieces(*out, model.tokenizer.get());
    return out;
}

}  // namespace gatescope
