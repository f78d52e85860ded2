#include "model/checkpoint/formats.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "model/checkpoint/gguf_header.h"
#include "model/checkpoint/gguf_reader.h"
#include "model/checkpoint/hf_checkpoint.h"
#include "model/checkpoint/mapped_file.h"
#include "model/checkpoint/safetensors_file.h"
#include "model/checkpoint/safetensors_header.h"
#include "model/checkpoint/torch_file.h"
#include "model/checkpoint/torch_header.h"
#include "model/checkpoint/weights_of_folder.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

// Has a format's extension.
bool is_named_as(const CheckpointFormat& format, const fs::path& path) {
    const auto extension = path.extension();
    return std::any_of(format.extensions.begin(), format.extensions.end(),
                       [&](std::string_view one) { return extension == one; });
}

// What a file of no known format looks like by its first bytes.
std::string appearance(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.starts_with("\x89HDF\r\n")) return "an HDF5 file, perhaps a capture";
    if (text.starts_with("ggml") || text.starts_with("lmgg") || text.starts_with("tjgg") || text.starts_with("fmgg"))
        return "a GGML file older than GGUF";
    if (text.starts_with("\x1f\x8b")) return "a gzip archive";
    if (text.starts_with("version https:")) return "a Git LFS pointer without the weights";
    return {};
}

[[noreturn]] void refuse(const fs::path& path, std::span<const std::byte> head) {
    if (path.extension() == ".json")
        throw Failure(FailureKind::kUnsupported, "is not a file of weights", path.string(),
                      "name the folder that it lies in");
    const std::string looks = appearance(head);
    throw Failure(FailureKind::kUnsupported,
                  looks.empty() ? "is not a checkpoint of a known format" : "looks like " + looks, path.string(),
                  known_formats());
}

std::unique_ptr<CheckpointReader> open_index(const fs::path& index) {
    const std::string name = index.filename().string();
    for (const CheckpointFormat& format : checkpoint_formats())
        for (const std::string_view extension : format.extensions)
            if (format.open_index != nullptr && name.ends_with(std::string(extension) + ".index.json"))
                return format.open_index(index);
    throw Failure(FailureKind::kUnsupported, "is an index of no known format", index.string(), known_formats());
}

}  // namespace

std::string known_formats() {
    std::string out;
    for (const CheckpointFormat& format : checkpoint_formats()) {
        std::string extensions;
        for (const std::string_view extension : format.extensions)
            extensions += (extensions.empty() ? "" : " ") + std::string(extension);
        out += (out.empty() ? "" : ", ") + std::string(format.label) + " (" + extensions + ")";
    }
    return "this version reads " + out;
}

std::vector<std::string> checkpoint_extensions() {
    std::vector<std::string> out;
    for (const CheckpointFormat& format : checkpoint_formats())
        out.insert(out.end(), format.extensions.begin(), format.extensions.end());
    return out;
}

const std::vector<CheckpointFormat>& checkpoint_formats() {
    static const std::vector<CheckpointFormat> formats = {
        {"safetensors",
         "safetensors",
         "Weights in one file or in shards with an index; config.json and the tokenizer lie beside them.",
         {".safetensors"},
         begins_as_safetensors,
         [](const fs::path& path) { return open_hf_file(path, "safetensors", open_safetensors); },
         [](const fs::path& index) { return open_hf_index(index, "safetensors", open_safetensors); }},
        {"pytorch",
         "PyTorch",
         "A state dictionary written by torch.save; config.json and the tokenizer lie beside it.",
         {".bin", ".pt", ".pth"},
         begins_as_torch,
         [](const fs::path& path) { return open_hf_file(path, "pytorch", open_torch_file); },
         [](const fs::path& index) { return open_hf_index(index, "pytorch", open_torch_file); }},
        {"gguf",
         "GGUF",
         "Weights, settings and tokenizer in one file, mostly quantised (llama.cpp).",
         {".gguf"},
         begins_as_gguf,
         open_gguf,
         nullptr},
    };
    return formats;
}

std::unique_ptr<CheckpointReader> open_checkpoint(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) throw_no_such_file(path);
    const fs::path weights = status.type() == fs::file_type::directory ? weights_of_folder(path) : path;
    if (is_shard_index(weights)) return open_index(weights);
    const MappedFile file(weights);
    const auto head = file.bytes().first(std::min<std::size_t>(16, file.bytes().size()));
    for (const CheckpointFormat& format : checkpoint_formats())
        if (format.begins(head)) return format.open(weights);
    for (const CheckpointFormat& format : checkpoint_formats())
        if (is_named_as(format, weights)) return format.open(weights);
    refuse(weights, head);
}

}  // namespace gatescope
