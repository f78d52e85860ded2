// The measurement of what is shown: window by window, published as it grows, and the map of the head that is looked at.

#include <tuple>
#include <utility>

#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"

namespace gatescope {
namespace {
constexpr std::chrono::milliseconds kPublishEvery{50};  // more often than a screen shows is wasted
}

void Conductor::measure() {
    JobTask job = task("measure", JobPriority::kNormal, "Measuring", "windows");
    job.step = [this, base = -1.0](JobContext& context) mutable { return measure_step(context, base); };
    job.ended = [this](const tl::expected<void, Error>& outcome) {
        report(outcome);
        publish(true);
        if (!outcome && !outcome.error().cancelled) go_on_without_what_failed();
    };
    worker_.submit(std::move(job));
}

// `base`: windows that were there when the job began, so that its rate is of its own work.
bool Conductor::measure_step(JobContext& job, double& base) {
    begin_fresh();
    if (bench_.empty()) return false;
    bench_.set_gates(wished_gates());
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
    bench_.begin(fresh->source, std::move(request), head.window);
    new_on_bench_ = true;
    wishes([&](Wishes& wishes) { wishes.text_in_use = fresh->from; });
    board_.change([&](Snapshot& snapshot) { snapshot.settings.text_path = fresh->from.path; });
}

// The first picture of a new measurement comes with its map, so that map and tokens are of one text.
void Conductor::publish(bool at_once) {
    const auto now = std::chrono::steady_clock::now();
    if (!at_once && !new_on_bench_ && now - published_ < kPublishEvery) return;
    const auto bare = bench_.result();
    if (!bare) return;
    std::shared_ptr<const PatternMatrix> map;
    if (std::exchange(new_on_bench_, false)) {
        for (const std::string& warning : bare->warnings) board_.say(Severity::kWarning, warning);
        map = first_map();
    }
    published_ = now;
    const bool same_model = wishes([&](Wishes& wishes) { return wishes.model == bench_.source().model; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.run =
            dressed(*bare, ++next_run_, same_model ? snapshot.model : bare->model, capture_command(snapshot));
        if (map) snapshot.pattern = map;
    });
}

// A map that can't be had is no reason to hold back the numbers.
std::shared_ptr<const PatternMatrix> Conductor::first_map() {
    std::shared_ptr<const PatternMatrix> map;
    const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
    if (!bench_.pattern_ready(head)) {
        show_head();
        return map;
    }
    const auto outcome = guarded("Attention map", [&] {
        JobContext job;
        map = bench_.pattern(head, wished_gates(), job);
        return true;
    });
    if (!outcome) board_.say(Severity::kError, outcome.error().message);
    return map;
}

// The wish that failed gives way to what is at work, and that goes on.
void Conductor::go_on_without_what_failed() {
    const Settings before = board_.latest()->settings;
    restore_windows();
    if (!bench_.empty())
        board_.change([&](Snapshot& snapshot) {
            snapshot.settings.gate_a = gate_syntax(bench_.gates().a);
            snapshot.settings.gate_b = gate_syntax(bench_.gates().b);
        });
    const Settings after = board_.latest()->settings;
    const auto wish = [](const Settings& settings) {
        return std::tie(settings.window_length, settings.windows, settings.gate_a, settings.gate_b);
    };
    if (wish(before) != wish(after)) measure();
}

void Conductor::restore_windows() {
    board_.change([](Snapshot& snapshot) {
        if (!snapshot.run) return;
        snapshot.settings.window_length = snapshot.run->request.window_length;
        snapshot.settings.windows = snapshot.run->request.windows;
    });
}

void Conductor::show_head() {
    JobTask job = task("head", JobPriority::kInteractive, "Attention map", "");
    job.step = [this](JobContext& context) {
        head_step(context);
        return false;
    };
    job.ready_inside = [this] {
        return !new_on_bench_ && bench_.pattern_ready(wishes([](Wishes& wishes) { return wishes.head; }));
    };
    worker_.submit(std::move(job));
}

void Conductor::head_step(JobContext& job) {
    if (bench_.empty() || new_on_bench_) return;  // the first picture brings its map
    const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
    if (!bench_.pattern_ready(head)) {
        job.begin("Attention of window " + std::to_string(head.window), "passes", 1);
        list_jobs();
    }
    const auto map = bench_.pattern(head, wished_gates(), job);
    board_.change([&](Snapshot& snapshot) { snapshot.pattern = map; });
}

void Conductor::on(const MeasureInduction&) {
    JobTask job = task("induction", JobPriority::kNormal, "Induction scores", "");
    job.step = [this](JobContext& context) {
        if (bench_.empty() || new_on_bench_) throw nothing_yet();
        bench_.measure_induction(context);
        publish(true);
        return false;
    };
    worker_.submit(std::move(job));
}

GatePair Conductor::wished_gates() const {
    const Settings settings = board_.latest()->settings;
    return {parse_gate(settings.gate_a), parse_gate(settings.gate_b)};
}

}  // namespace gatescope
