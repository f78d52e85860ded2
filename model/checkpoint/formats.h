#pragma once
// The checkpoint formats this version reads: the one list that opening, help and errors are made from.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

// What a format may judge by before it opens anything.
struct CheckpointProbe {
    std::filesystem::path path;
    std::span<const std::byte> head;  // the first bytes of a file, 16 at most
};

struct CheckpointFormat {
    std::string_view id;         // "gguf"
    std::string_view label;      // "GGUF"
    std::string_view help;       // one sentence
    std::string_view extension;  // ".gguf"
    // Whether the file is, or means to be, of this format; if so, what is wrong with it is for open() to say.
    bool (*sniff)(const CheckpointProbe& probe);
    std::unique_ptr<CheckpointReader> (*open)(const std::filesystem::path& path);
};

const std::vector<CheckpointFormat>& checkpoint_formats();

}  // namespace gatescope
