#include "model/transformer/device.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>

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

std::uint64_t available_bytes() {
    std::ifstream info("/proc/meminfo");
    for (std::string line; std::getline(info, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t kibibytes = 0;
        if (words >> key >> kibibytes && key == "MemAvailable:") return kibibytes * 1024;
    }
    return 0;  // unknown
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

void check_memory(at::Device device, std::uint64_t bytes, const std::string& what) {
    const std::uint64_t available = device.is_cpu() ? available_bytes() : 0;
    if (available == 0 || bytes <= available) return;  // a GPU says so itself
    constexpr std::uint64_t kMebibyte = 1024 * 1024;
    throw Failure(FailureKind::kResource, what + " needs " + std::to_string(bytes / kMebibyte) + " MiB", {},
                  std::to_string(available / kMebibyte) + " MiB of memory are available");
}

}  // namespace gatescope
