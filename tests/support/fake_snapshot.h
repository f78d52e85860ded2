#pragma once
// A picture of a session as the window gets it, made up by rule, for tests of the window without a model.

#include <cstdint>
#include <memory>
#include <string>

#include "app/engine/snapshot.h"

namespace gatescope::fake {

struct Shape {
    std::int64_t layers = 30, heads = 9, tokens = 512, windows = 8;
};

std::shared_ptr<const ModelSummary> model(const Shape& shape);
std::shared_ptr<const TextWindows> text(const Shape& shape);
// Mass falls with distance, first tokens and a few columns stand out; gates keep what their kind keeps.
std::shared_ptr<const PatternMatrix> pattern(const Shape& shape, std::int64_t layer, std::int64_t head,
                                             std::int64_t window);
// Concentration, dense perplexity and gates oracle:k=64 and window:sinks=4,local=60, after `done` windows.
std::shared_ptr<const RunResult> run(const Shape& shape, std::int64_t done);

// Of a Llama of 1.24 thousand million weights, where `there_bytes` are free; with `open_bytes` held by the open model.
std::shared_ptr<const ModelPreview> preview(const std::string& path, std::uint64_t there_bytes,
                                            std::uint64_t open_bytes = 0);
// One that can't be opened.
std::shared_ptr<const ModelPreview> broken_preview(const std::string& path, const std::string& error);

// A session with all of the above, a job under way, device and memory.
Snapshot snapshot(const Shape& shape = {});
// The very start: nothing yet, the model being opened.
Snapshot opening();
// Nothing open and nothing under way.
Snapshot empty();

}  // namespace gatescope::fake
