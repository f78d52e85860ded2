#pragma once
// Devices by name. libtorch_cuda is opened here, where it loads and a driver is present, so one build serves machines
// with and without a GPU.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace gatescope {

// Opens the CUDA half of libtorch once. Call before anything else asks torch for CUDA; later calls cost nothing.
void open_cuda_runtime();
// CUDA devices that work; opens the runtime.
int cuda_device_count();

// "best", "cpu", "cuda", "cuda:N". Throws Failure(kUsage) with what is allowed on this machine.
at::Device parse_device(const std::string& name);

// Bytes that the device can still give: a GPU's free memory; the system's, or less where a control group has less. 0:
// unknown.
std::uint64_t available_memory(at::Device device);

// Throws Failure(kResource) when `bytes` are not to be had on the device, before they are asked for.
void check_memory(at::Device device, std::uint64_t bytes, const std::string& what);

}  // namespace gatescope
