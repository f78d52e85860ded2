// What the components of the head that is looked at do: directions and vocabulary on the opener, at once; the window's
// tokens on the worker, where the model is.

#include <utility>

#include "analysis/result_id.h"
#include "analysis/spectra/components.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

constexpr const char* kKind = "components";

bool same_head(ComponentsRequest one, const ComponentsRequest& other) {
    one.window = other.window;
    return one == other;
}

}  // namespace

void Conductor::on(const ShowComponents& command) {
    const auto model = wishes([](Wishes& wishes) { return wishes.model; });
    if (!model) throw nothing_to_run();
    check_components(command.request, model->summary->config);
    wishes([&](Wishes& wishes) { wishes.components = command.request; });
    find_components();
}

// The directions that are there are those of any window.
void Conductor::find_components() {
    worker_.cancel_kind(kKind);
    JobTask job = task(kKind, JobPriority::kInteractive, "Components", "");
    job.listed = false;
    job.ready_inside = [] { return true; };
    job.step = [this](JobContext& context) {
        const auto [model, wish] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.components); });
        if (!model || !wish) return false;
        const Headers headers{model, model->reader, model->tokenizer, model->summary};
        find_components(headers, *wish, context);
        return false;
    };
    opener_.submit(std::move(job));
}

void Conductor::find_components(const Headers& of, const ComponentsRequest& wish, JobContext& job) {
    auto found = board_.latest()->components;
    if (!found || !same_head(found->request, wish)) {
        found = head_components(*of.reader, of.summary->config, of.tokenizer.get(), wish, job);
        show_components(of, found);
    }
    JobTask tokens = task(kKind, JobPriority::kNormal, "Tokens of the components", "");
    tokens.listed = false;
    tokens.step = [this, of, wish, found](JobContext& context) {
        project_tokens(of, wish, *found, context);
        return false;
    };
    worker_.submit(std::move(tokens));
}

// Nothing where no text runs; the first picture of a measurement comes back here.
void Conductor::project_tokens(const Headers& of, const ComponentsRequest& wish, const HeadComponents& found,
                               JobContext& job) {
    if (bench_.empty() || new_on_bench_ || bench_.source().model != of.model.lock()) return;
    const Source& source = bench_.source();
    const std::int64_t window = bench_.in_range({wish.layer, wish.head, wish.window}).window;
    const auto& ids = source.text->windows[static_cast<std::size_t>(window)];
    show_components(of, with_window(found, *of.reader, *source.model->transformer, window, ids, job));
}

void Conductor::show_components(const Headers& of, const std::shared_ptr<const HeadComponents>& found) {
    board_.change([&](Snapshot& snapshot) {
        if (!in_use(of.model)) return;
        const auto wish = wishes([](Wishes& wishes) { return wishes.components; });
        if (wish && same_head(found->request, *wish)) snapshot.components = found;
    });
}

// The same head of another model, where it has such a one.
void Conductor::find_components_of(const ModelConfig& config) {
    const auto wish = wishes([](Wishes& wishes) { return wishes.components; });
    if (!wish) return;
    const auto fits = guarded(kKind, [&] {
        check_components(*wish, config);
        return true;
    });
    if (fits) return find_components();
    wishes([](Wishes& wishes) { wishes.components.reset(); });
}

// Of a text that went. In an edit of the board.
void Conductor::drop_tokens(Snapshot& snapshot) {
    if (!snapshot.components || snapshot.components->ids.empty()) return;
    auto left = std::make_shared<HeadComponents>(*snapshot.components);
    left->id = next_result_id();
    left->ids.clear();
    for (auto* components : {&left->planes, &left->axes})
        for (HeadComponent& component : *components) component.tokens.clear();
    snapshot.components = std::move(left);
}

}  // namespace gatescope
