#pragma once
// What a head does, component by component: the leading routing planes and filtering axes of its raw kernel, the
// vocabulary's tokens on each side of them, and a window's tokens projected onto them. DEFINITIONS.md section 6. No
// torch.
//
//     auto head = head_components(reader, config, tokenizer, {.layer = 3, .head = 5}, job);  // needs no run
//     head = with_window(*head, reader, model, ids, job);                                    // and again, at any
//     window

#include <cstdint>
#include <memory>
#include <span>

#include "analysis/spectra/survey_results.h"
#include "model/core/job_context.h"

namespace gatescope {

class CheckpointReader;
class Tokenizer;
class Transformer;

inline constexpr std::int64_t kMostComponents = 32, kMostComponentTokens = 1000;

// Throws Failure(kUsage) where the model lacks the layer or head, an offset is asked of a model without RoPE, or counts
// are out of range.
void check_components(const ComponentsRequest& request, const ModelConfig& config);

// Components by the weights, and the vocabulary on them: every row of the embedding as the layer would see it (scaled,
// with the first token type, normed; learned positions left out). Works in float64 through the kernel's small core; the
// embedding goes by in slices. `tokenizer` may be nullptr: pieces are then the ids. The window is not looked at. Throws
// Failure, Cancelled.
std::shared_ptr<const HeadComponents> head_components(const CheckpointReader& checkpoint, const ModelConfig& config,
                                                      const Tokenizer* tokenizer, const ComponentsRequest& request,
                                                      JobContext& job);

// The same with the tokens of a window, the request's, projected: the model runs up to the layer. Throws Failure,
// Cancelled.
std::shared_ptr<const HeadComponents> with_window(const HeadComponents& components, const CheckpointReader& checkpoint,
                                                  Transformer& model, std::int64_t window,
                                                  std::span<const std::int32_t> ids, JobContext& job);

}  // namespace gatescope
