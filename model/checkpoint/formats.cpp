#include "model/checkpoint/formats.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "model/checkpoint/gguf_header.h"
#include "model/checkpoint/gguf_reader.h"
#include "model/checkpoint/mapped_file.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

bool is_gguf(const CheckpointProbe& probe) {
    return begins_as_gguf(probe.head) || probe.path.extension() == ".gguf";
}

std::string known_formats() {
    std::string out;
    for (const CheckpointFormat& format : checkpoint_formats())
        out += (out.empty() ? "" : ", ") + std::string(format.label) + " (" + std::string(format.extension) + ")";
    return "this version reads " + out;
}

// What a file of no known format looks like by its first bytes.
std::string appearance(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.starts_with("PK\x03\x04")) return "a zip archive, perhaps a PyTorch checkpoint";
    if (text.size() > 8 && text[8] == '{') return "a safetensors file";
    if (text.starts_with("\x89HDF\r\n")) return "an HDF5 file, perhaps a capture";
    if (text.starts_with("ggml") || text.starts_with("lmgg") || text.starts_with("tjgg") || text.starts_with("fmgg"))
        return "a GGML file older than GGUF";
    if (text.starts_with("\x80")) return "a Python pickle";
    if (text.starts_with("\x1f\x8b")) return "a gzip archive";
    if (text.starts_with("version https:")) return "a Git LFS pointer without the weights";
    return {};
}

[[noreturn]] void refuse(const fs::path& path, std::span<const std::byte> head) {
    const std::string looks = appearance(head);
    throw Failure(FailureKind::kUnsupported,
                  looks.empty() ? "is not a checkpoint of a known format" : "looks like " + looks, path.string(),
                  known_formats());
}

// A folder isn't a checkpoint of this version; a file in it may be.
[[noreturn]] void refuse_folder(const fs::path& folder) {
    std::vector<std::string> inside;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
        for (const CheckpointFormat& format : checkpoint_formats())
            if (entry->path().extension() == format.extension) inside.push_back(entry->path().string());
    std::sort(inside.begin(), inside.end());
    throw Failure(FailureKind::kUnsupported, "is a folder", folder.string(),
                  inside.empty() ? known_formats() : "name the file in it: " + inside.front());
}

}  // namespace

const std::vector<CheckpointFormat>& checkpoint_formats() {
    static const std::vector<CheckpointFormat> formats = {
        {"gguf", "GGUF", "Weights, settings and tokenizer in one file, mostly quantised (llama.cpp).", ".gguf", is_gguf,
         open_gguf},
    };
    return formats;
}

std::unique_ptr<CheckpointReader> open_checkpoint(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) throw_no_such_file(path);
    if (status.type() == fs::file_type::directory) refuse_folder(path);
    const MappedFile file(path);
    const CheckpointProbe probe{path, file.bytes().first(std::min<std::size_t>(16, file.bytes().size()))};
    for (const CheckpointFormat& format : checkpoint_formats())
        if (format.sniff(probe)) return format.open(path);
    refuse(path, probe.head);
}

}  // namespace gatescope
