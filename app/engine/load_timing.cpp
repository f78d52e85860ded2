#include "app/engine/load_timing.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <span>

#include "app/engine/random_checkpoint.h"
#include "app/engine/seconds_of.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// A field of /proc/self/status in bytes: "VmRSS:", "VmHWM:".
std::uint64_t process_memory(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::uint64_t kilobytes = 0; word == field && status >> kilobytes) return kilobytes * 1024;
    throw Failure(FailureKind::kResource, "lacks " + field, "/proc/self/status");
}

// From here on VmHWM counts anew (proc(5): clear_refs).
void forget_peak() {
    ::malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5";
}

void read_once(const std::filesystem::path& path) {
    const auto size = static_cast<std::size_t>(std::filesystem::file_size(path));
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(size);
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::size_t done = 0;
    for (ssize_t count = 1; count > 0; done += static_cast<std::size_t>(std::max<ssize_t>(count, 0)))
        count = ::read(descriptor, buffer.get() + done, size - done);
    ::close(descriptor);
    if (done != size) throw Failure(FailureKind::kResource, "can't be read whole", path.string());
}

LoadTiming time_one(const std::string& name, const RandomCheckpointSpec& spec, int repeats, const DeviceWish& wish,
                    JobContext& job) {
    const RandomCheckpoint checkpoint(spec, job);
    const DeviceChoice choice{wish.device, spec.bfloat16 ? DataType::kBFloat16 : DataType::kFloat32};
    LoadTiming out;
    out.name = name;
    out.file_bytes = std::filesystem::file_size(checkpoint.weights());
    out.read_seconds = out.load_seconds = std::numeric_limits<double>::infinity();
    job.begin("Loading " + name, "times", repeats);
    for (int n = 0; n < repeats; ++n) {
        out.read_seconds = std::min(out.read_seconds, seconds_of([&] { read_once(checkpoint.weights()); }));
        forget_peak();
        const std::uint64_t before = process_memory("VmRSS:");
        std::unique_ptr<Transformer> model;
        JobContext quiet;
        out.load_seconds = std::min(out.load_seconds, seconds_of([&] {
                                        const std::shared_ptr<const CheckpointReader> reader =
                                            open_checkpoint(checkpoint.folder());
                                        model = load_transformer(reader, choice, quiet);
                                    }));
        const std::uint64_t peak = process_memory("VmHWM:");
        out.peak_bytes = std::max(out.peak_bytes, peak > before ? peak - before : 0);
        job.tick(n + 1);
    }
    return out;
}

}  // namespace

std::vector<LoadTiming> time_loading(std::uint64_t size_bytes, int repeats, const DeviceWish& wish, JobContext& job) {
    std::vector<LoadTiming> out;
    for (const bool bfloat16 : {false, true})
        for (const bool tied : {false, true}) {
            const std::string name = std::string(bfloat16 ? "bfloat16" : "float32") + (tied ? ", tied" : "");
            out.push_back(time_one(name, {size_bytes, bfloat16, tied}, repeats, wish, job));
        }
    return out;
}

}  // namespace gatescope
