#pragma once
// A tiny random model and a text of random ids, for tests of whole runs.

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "analysis/measurement.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/transformer/transformer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llama.h"

namespace gatescope::testing_support {

inline TinyLlama three_layers() {
    TinyLlama shape;
    shape.n_layers = 3;
    return shape;
}

struct TinyWorld {
    explicit TinyWorld(const TinyLlama& shape = three_layers()) {
        tiny_llama(shape).write(folder / "tiny.gguf");
        reader = open_checkpoint(folder / "tiny.gguf");
        model = load_transformer(reader, {"cpu", DataType::kFloat32}, job);
        std::mt19937 random(11);
        auto made = std::make_shared<TextWindows>();
        made->name = "random";
        made->window_length = 24;
        for (const std::size_t length : {24u, 24u, 24u, 9u}) {
            std::vector<std::int32_t> ids(length);
            for (std::int32_t& id : ids) id = static_cast<std::int32_t>(random() % shape.d_vocab);
            made->windows.push_back(ids);
        }
        text = made;
    }

    RunRequest request(const std::vector<std::string>& gates = {}) const {
        RunRequest out;
        out.window_length = 24;
        out.windows = 0;
        for (const std::string& gate : gates) out.gates.push_back(parse_gate(gate));
        return out;
    }
    std::unique_ptr<Measurement> measurement(const RunRequest& wanted) {
        return std::make_unique<Measurement>(*model, wanted, summary, text);
    }
    std::shared_ptr<const RunResult> finished(const RunRequest& wanted) {
        return measure(*model, wanted, summary, text, job);
    }

    TemporaryFolder folder;
    JobContext job;
    std::shared_ptr<const CheckpointReader> reader;
    std::unique_ptr<Transformer> model;
    std::shared_ptr<const ModelSummary> summary = std::make_shared<ModelSummary>();
    std::shared_ptr<const TextWindows> text;
};

}  // namespace gatescope::testing_support
