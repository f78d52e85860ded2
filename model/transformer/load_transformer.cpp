#include <c10/core/InferenceMode.h>

#include "model/transformer/decoder.h"
#include "model/transformer/device.h"

namespace gatescope {

std::unique_ptr<Transformer> load_transformer(const std::shared_ptr<const CheckpointReader>& checkpoint,
                                              const DeviceChoice& choice, JobContext& job) {
    const c10::InferenceMode inference;
    const at::Device device = parse_device(choice.device);
    const at::ScalarType dtype = choice.dtype == DataType::kBFloat16 ? at::kBFloat16 : at::kFloat;
    ModelConfig config = read_config(*checkpoint);
    check_memory(device, weight_bytes(config, dtype), "the model");
    Weights weights = load_weights(checkpoint, config, device, dtype, job);
    return std::make_unique<Decoder>(std::move(config), std::move(weights), device, choice.dtype);
}

}  // namespace gatescope
