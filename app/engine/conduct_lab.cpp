// What sweeps and sensitivity maps share: windows of their own, cut from the text in use, and an end when model or text
// is another one.

#include <utility>

#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "model/core/error.h"
#include "model/transformer/transformer.h"

namespace gatescope {

Conductor::LabText Conductor::lab_text(std::int64_t window_length, std::int64_t windows, JobContext& job) {
    const auto [model, from] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.text); });
    if (!model || !model->transformer) throw nothing_to_run();
    auto text = from.typed ? cut_text(from.typed->name, from.typed->contents, *model, window_length, windows, job)
                : is_token_file(from.path) ? open_tokens(from.path, *model, window_length, windows, job)
                                           : open_text(from.path, *model, window_length, windows, job);
    return {model, from, std::move(text)};
}

// Jobs hold no model, which may be closed meanwhile. Throws Cancelled when it is, or another text is in use.
std::shared_ptr<Model> Conductor::lab_model(const LabText& place) {
    auto model = place.model.lock();
    const bool same =
        wishes([&](Wishes& wishes) { return model && wishes.model == model && wishes.text == place.from; });
    if (!same) throw Cancelled();
    return model;
}

RunWords Conductor::lab_words(const LabText& place) const {
    const Settings settings = board_.latest()->settings;
    RunWords words;
    words.model = settings.model_path;
    words.text = place.from.typed ? place.text->name : place.from.path;
    words.tokens = is_token_file(place.from.path);
    words.device = settings.device;
    words.dtype = settings.dtype;
    return words;
}

}  // namespace gatescope
