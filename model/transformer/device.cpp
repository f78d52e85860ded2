#include "model/transformer/device.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <mutex>
#include <sstream>

#include "model/core/error.h"

namespace gatescope {
namespace {

std::string allowed_devices() {
    const int count = cuda_device_count();
    std::string out = "this machine has: cpu";
    for (int index = 0; index < count; ++index) out += ", cuda:" + std::to_string(index);
    return out;
}

std::uint64_t system_bytes() {
    std::ifstream info("/proc/meminfo");
    for (std::string line; std::getline(info, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t kibibytes = 0;
        if (words >> key >> kibibytes && key == "MemAvailable:") return kibibytes * 1024;
    }
    return 0;
}

// What a container's limit leaves; pages of files that were read can be given back. 0: no limit.
std::uint64_t control_group_bytes() {
    std::uint64_t most = 0, used = 0, files = 0;
    if (!(std::ifstream("/sys/fs/cgroup/memory.max") >> most)) return 0;  // "max", or no such group
    if (!(std::ifstream("/sys/fs/cgroup/memory.current") >> used)) return 0;
    std::ifstream statistics("/sys/fs/cgroup/memory.stat");
    std::string key;
    for (std::uint64_t value = 0; statistics >> key >> value;)
        if (key == "inactive_file") files = value;
    used -= std::min(used, files);
    return std::max<std::uint64_t>(1, most - std::min(most, used));
}

// With what torch holds there and does not use.
std::uint64_t gpu_bytes(at::Device device) {
    at::globalContext().lazyInitDevice(at::kCUDA);
    c10::DeviceAllocator* allocator = c10::getDeviceAllocator(at::kCUDA);
    const c10::CachingDeviceAllocator::DeviceStats stats = allocator->getDeviceStats(device.index());
    const std::int64_t idle = stats.reserved_bytes[0].current - stats.allocated_bytes[0].current;
    return allocator->getMemoryInfo(device.index()).first + static_cast<std::uint64_t>(std::max<std::int64_t>(idle, 0));
}

}  // namespace

void open_cuda_runtime() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Without a driver the large library would be read for nothing.
        if (dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) != nullptr)
            dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
    });
}

int cuda_device_count() {
    open_cuda_runtime();
    return at::globalContext().hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0;
}

at::Device parse_device(const std::string& name) {
    if (name == "cpu") return at::kCPU;
    if (name == "best") return cuda_device_count() > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    int index = name == "cuda" ? 0 : -1;
    if (name.starts_with("cuda:")) {
        const char *begin = name.data() + 5, *end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(begin, end, index);
        if (error != std::errc() || stop != end) index = -1;
    }
    if (index < 0 || index >= cuda_device_count())
        throw Failure(FailureKind::kUsage, "no device \"" + one_line(name, 40) + "\"", {}, allowed_devices());
    return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
}

std::uint64_t available_memory(at::Device device) {
    if (!device.is_cpu()) return gpu_bytes(device);
    const std::uint64_t system = system_bytes(), group = control_group_bytes();
    return group == 0 ? system : std::min(system, group);
}

void check_memory(at::Device device, std::uint64_t bytes, const std::string& what) {
    const std::uint64_t available = available_memory(device);
    if (available == 0 || bytes <= available) return;
    constexpr std::uint64_t kMebibyte = 1024 * 1024;
    throw Failure(FailureKind::kResource, what + " needs " + std::to_string(bytes / kMebibyte) + " MiB", {},
                  std::to_string(available / kMebibyte) + " MiB of memory are available");
}

}  // namespace gatescope
