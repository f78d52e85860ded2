#pragma once
// What the token file fuzzer does with bytes, and what the replay test repeats.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <string>

#include "model/core/job_context.h"
#include "model/train/data/token_file.h"

namespace gatescope {

inline const std::string kTokenFileKey(64, '7');
constexpr std::size_t kTokenFileVocabulary = 500;

// Opens the bytes as a file of ids and reads all that it then has; false where it is left aside. The reader wants a
// path, so they become a file in memory. A throw is a bug, and so is an id outside of the vocabulary.
inline bool open_token_file(std::span<const std::byte> bytes) {
    const int file = memfd_create("tokens", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) __builtin_trap();
    JobContext job;
    const auto tokens =
        TokenFile::open("/proc/self/fd/" + std::to_string(file), kTokenFileKey, kTokenFileVocabulary, job);
    close(file);
    if (!tokens) return false;
    for (const auto& side : {tokens->train(), tokens->held_out()})
        for (const std::int32_t id : side)
            if (id < 0 || static_cast<std::size_t>(id) >= kTokenFileVocabulary) __builtin_trap();
    return true;
}

}  // namespace gatescope
