#pragma once
// What the gate file fuzzer does with bytes, and what the replay test repeats.

#include <sys/mman.h>
#include <unistd.h>

#include <span>
#include <string>

#include "model/core/error.h"
#include "model/gates/gate_info.h"

namespace gatescope {

// Checks the bytes as the file of a gate on a small model. Readers want a path, so they become a file in memory. Any
// outcome but a check that passes or a Failure is a bug.
inline void read_gate_file(std::span<const std::byte> bytes) {
    const int file = memfd_create("gate", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) __builtin_trap();
    ModelConfig config;
    config.n_layers = 2;
    config.n_heads = config.n_kv_heads = 2;
    config.d_model = 4;
    try {
        check_gate_files(parse_gate("learned:k=4,rope=1,file=/proc/self/fd/" + std::to_string(file)), config, "ab");
    } catch (const Failure&) {
    }
    close(file);
}

}  // namespace gatescope
