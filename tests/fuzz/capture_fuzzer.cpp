// libFuzzer's way into the capture reader. HDF5 wants a path, so the bytes become a file in memory. Any outcome but a
// run or a Failure is a bug, of ours or of HDF5's.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "captures/capture.h"
#include "model/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int file = memfd_create("capture", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) __builtin_trap();
    try {
        gatescope::read_capture("/proc/self/fd/" + std::to_string(file));
    } catch (const gatescope::Failure&) {
    }
    close(file);
    return 0;
}
