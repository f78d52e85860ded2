#pragma once
// What the capture fuzzer does with bytes, and what the replay test repeats.

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "captures/capture.h"
#include "captures/components_file.h"
#include "captures/experiment_file.h"
#include "captures/key_sets.h"
#include "captures/survey.h"
#include "model/core/error.h"

namespace gatescope {

// HDF5 wants a path, so the bytes become a file in memory. Any outcome but a run or a Failure is a bug, of ours or of
// HDF5's.
inline void read_capture_bytes(std::string_view bytes) {
    const int file = memfd_create("capture", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) __builtin_trap();
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    const auto refused_or_read = [&path](const auto& read) {
        try {
            read(path);
        } catch (const Failure&) {
        }
    };
    refused_or_read(read_capture);
    refused_or_read(read_survey);
    refused_or_read(read_components);
    refused_or_read(read_experiment);
    refused_or_read([](const std::string& at) { read_key_sets(at, "oracle:k=4"); });  // a gate that the seeds have
    close(file);
}

}  // namespace gatescope
