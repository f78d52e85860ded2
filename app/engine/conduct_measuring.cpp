// The measurement of what is shown: window by window, published as it grows, and the map of the head that is looked at.

#include <algorithm>
#include <utility>

#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"

namespace gatescope {
namespace {
constexpr std::chrono::milliseconds kPublishEvery{50};  // more often than a screen shows is wasted
constexpr int kPublishShare = 10;  // and a picture of very many windows takes at most a tenth of the time
}  // namespace

void Conductor::measure() {
    JobTask job = task("measure", JobPriority::kNormal, "Measuring", "windows");
    job.step = [this, base = -1.0](JobContext& context) mutable { return measure_step(context, base); };
    job.ended = [this](const tl::expected<void, Error>& outcome) {
        publish(true);
        if (!outcome && !outcome.error().cancelled) {
            go_on_without_what_failed();
            checkpoint_shown();
        }
        report(outcome);
    };
    worker_.submit(std::move(job));
}

// `base`: windows that were there when the job began, so that its rate is of its own work.
bool Conductor::measure_step(JobContext& job, double& base) {
    attempted_ = board_.latest()->settings;
    begin_fresh();
    if (bench_.empty()) return false;
    if (bench_.set_gates(gates_of(attempted_), job))
        publish(true);  // what was taken off goes, what is new shows that it waits
    if (base < 0) base = bench_.done();
    job.set_total(bench_.total() - base);
    const bool more = bench_.step(job);
    publish(!more);
    job.tick(bench_.done() - base);
    return more;
}

void Conductor::begin_fresh() {
    const auto fresh = wishes([](Wishes& wishes) { return std::exchange(wishes.fresh, std::nullopt); });
    if (!fresh) return;
    const auto head = wishes([](Wishes& wishes) { return wishes.head; });
    RunRequest request;
    request.window_length = fresh->source.text->window_length;
    request.windows = board_.latest()->settings.windows;
    const bool other_model = bench_.empty() || bench_.source().model != fresh->source.model;
    bench_.begin(fresh->source, std::move(request), head.window);
    new_on_bench_ = true;
    const bool other_text =
        wishes([&](Wishes& wishes) { return std::exchange(wishes.text_in_use, fresh->from) != fresh->from; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.settings.text_path = fresh->from.path;
        if (other_model || other_text) snapshot.sensitivity.reset();
        drop_activation_spectra(snapshot);
        drop_tokens(snapshot);
    });
}

// The first picture of a new measurement comes with its map, so that map and tokens are of one text.
void Conductor::publish(bool at_once) {
    const auto began = std::chrono::steady_clock::now();
    if (!at_once && !new_on_bench_ && began < next_publish_) return;
    if (!new_on_bench_ && bench_.version() == published_version_) return;
    const auto bare = bench_.result();
    if (!bare) return;
    published_version_ = bench_.version();
    const bool first = std::exchange(new_on_bench_, false);
    if (first)
        for (const std::string& warning : bare->warnings) board_.say(Severity::kWarning, warning);
    const auto map = next_map(first);
    const bool same_model = wishes([&](Wishes& wishes) { return wishes.model == bench_.source().model; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.run =
            dressed(*bare, ++next_run_, same_model ? snapshot.model : bare->model, capture_command(snapshot),
                    snapshot.sensitivity, same_model && snapshot.spectra ? snapshot.spectra->spectra : nullptr);
        if (first || map) snapshot.pattern = map;
    });
    if (first) checkpoint_shown();
    if (first) measure_wished_activation_spectra();
    if (first && board_.latest()->components) find_components();
    const auto ended = std::chrono::steady_clock::now();
    next_publish_ =
        ended + std::max<std::chrono::steady_clock::duration>(kPublishEvery, kPublishShare * (ended - began));
}

// The map that a picture brings along, nullptr where the one on the screen is as good. A map that can't be had is no
// reason to hold back the numbers.
std::shared_ptr<const PatternMatrix> Conductor::next_map(bool first) {
    const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
    if (!bench_.map_ready(head)) {
        if (first) show_head();
        return nullptr;
    }
    const auto shown = board_.latest()->pattern;
    const GatePair gates = gates_of(board_.latest()->settings);
    if (!first && !(shown && bench_.map_can_grow(*shown, gates))) return nullptr;
    std::shared_ptr<const PatternMatrix> map;
    const auto outcome = guarded("Attention map", [&] {
        JobContext job;
        map = bench_.map(head, gates, job);
        return true;
    });
    if (!outcome) board_.say(Severity::kError, outcome.error().message);
    return map;
}

// The wish that failed gives way to what is at work, and that goes on. A newer wish is left alone.
void Conductor::go_on_without_what_failed() {
    bool changed = give_way_windows(attempted_);
    if (!bench_.empty())
        board_.change([&](Snapshot& snapshot) {
            const auto give_way = [&](std::string& wish, const std::string& attempted, const GateSpec& at_work) {
                if (wish != attempted || wish == gate_syntax(at_work)) return;
                wish = gate_syntax(at_work);
                changed = true;
            };
            give_way(snapshot.settings.gate_a, attempted_.gate_a, bench_.gates().a);
            give_way(snapshot.settings.gate_b, attempted_.gate_b, bench_.gates().b);
        });
    if (changed && !bench_.empty()) measure();
}

bool Conductor::give_way_windows(const Settings& attempted) {
    bool changed = false;
    board_.change([&](Snapshot& snapshot) {
        Settings& wish = snapshot.settings;
        if (!snapshot.run || wish.window_length != attempted.window_length || wish.windows != attempted.windows) return;
        const RunRequest& shown = snapshot.run->request;
        changed = wish.window_length != shown.window_length || wish.windows != shown.windows;
        wish.window_length = shown.window_length;
        wish.windows = shown.windows;
    });
    return changed;
}

// The job keeps to one head: what was ready when it was let into another job's tick must not need a pass there.
void Conductor::show_head() {
    const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
    JobTask job = task("head", JobPriority::kInteractive, "Attention map", "");
    job.listed = false;
    job.step = [this, head](JobContext& context) {
        head_step(head, context);
        return false;
    };
    job.ready_inside = [this, head] { return !new_on_bench_ && bench_.map_ready(head); };
    worker_.submit(std::move(job));
}

void Conductor::head_step(const ShowHead& head, JobContext& job) {
    if (bench_.empty() || new_on_bench_) return;  // the first picture brings its map
    if (!bench_.map_ready(head)) {
        job.begin("Attention of window " + std::to_string(bench_.in_range(head).window), "passes", 1);
        list_jobs();
    }
    const GatePair gates = gates_of(board_.latest()->settings);
    const auto map = bench_.map(head, gates, job);
    board_.change([&](Snapshot& snapshot) { snapshot.pattern = map; });
    if (bench_.keys_need_pass(head, gates)) bring_keys();
}

// Keys of a window that the gates' passes have left behind. Clicks are served meanwhile, so the map is asked for anew.
void Conductor::bring_keys() {
    JobTask job = task("keys", JobPriority::kNormal, "Keys that the gates keep", "");
    job.step = [this](JobContext& context) {
        const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
        if (bench_.empty() || new_on_bench_) return false;
        // A toggle may have come by: then its own passes bring the keys.
        if (!bench_.keys_need_pass(head, gates_of(board_.latest()->settings))) return false;
        bench_.bring_keys(head, context);
        publish(true);
        show_head();
        return false;
    };
    worker_.submit(std::move(job));
}

void Conductor::on(const MeasureInduction&) {
    require_weights();
    JobTask job = task("induction", JobPriority::kNormal, "Induction scores", "");
    job.step = [this](JobContext& context) {
        if (bench_.empty() || new_on_bench_) throw nothing_to_run();
        bench_.measure_induction(context);
        publish(true);
        return false;
    };
    worker_.submit(std::move(job));
}

GatePair Conductor::gates_of(const Settings& settings) {
    return {parse_gate(settings.gate_a), parse_gate(settings.gate_b)};
}

}  // namespace gatescope
