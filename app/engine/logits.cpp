// T token, D d_model, V d_vocab.
#include "app/engine/logits.h"

#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "model/core/npy.h"
#include "model/core/output_file.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kRowsAtOnce = 64;  // [64, V] float32 is 12 MB at 49,152 tokens

void write_rows(OutputFile& file, const at::Tensor& logits_TV) {
    const auto values = std::span(logits_TV.const_data_ptr<float>(), static_cast<std::size_t>(logits_TV.numel()));
    file.write(std::as_bytes(values));
}

}  // namespace

void write_first_logits(const Model& model, const TextWindows& text, const std::filesystem::path& path, bool overwrite,
                        JobContext& job) {
    const c10::InferenceMode no_gradients;
    OutputFile file(path, overwrite);
    const std::vector<std::int32_t>& ids = text.windows.front();
    const auto tokens = static_cast<std::int64_t>(ids.size());
    ForwardRequest request;
    request.ids = ids;
    request.nominal_window = text.window_length;
    job.begin("Logits", "tokens", static_cast<double>(tokens));
    const at::Tensor hidden_TD = model.transformer->forward(request, job);
    const std::string header = npy_float32_header(tokens, model.transformer->config().d_vocab);
    file.write(std::as_bytes(std::span(header)));
    for (std::int64_t row = 0; row < tokens; row += kRowsAtOnce) {
        const at::Tensor rows_TD = hidden_TD.slice(0, row, std::min(tokens, row + kRowsAtOnce));
        const at::Tensor logits_TV = model.transformer->logits(rows_TD).to(at::kCPU, at::kFloat).contiguous();
        if (!logits_TV.isfinite().all().item<bool>())
            throw Failure(FailureKind::kBadFile, "gives logits that are not finite", model.summary->name,
                          "its weights hold NaN or infinity");
        write_rows(file, logits_TV);
        job.tick(static_cast<double>(std::min(tokens, row + kRowsAtOnce)));
    }
    file.publish();
}

}  // namespace gatescope
