#include "app/engine/experiment_queue.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/guard.h"
#include "app/engine/worker_thread.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

std::string name_of(const fs::path& folder) {
    return folder_name(folder, "the experiment");
}

// The folder itself where it is an experiment's, or the one that it is a step of, else those right below it, by name.
std::vector<fs::path> experiments_in(const fs::path& folder) {
    if (is_experiment_folder(folder)) return {folder};
    if (is_experiment_folder(folder.parent_path())) return {folder.parent_path()};
    std::vector<fs::path> out;
    std::error_code ignored;
    for (const auto& below : fs::directory_iterator(folder, ignored))
        if (is_experiment_folder(below.path())) out.push_back(below.path());
    std::sort(out.begin(), out.end());
    if (out.empty())
        throw Failure(FailureKind::kNotFound, "holds no experiment", folder.string(),
                      "`gatescope experiment` and the layout Experiments make one");
    return out;
}

// In its own folder a capture stands for the experiment itself, which can be gone on with.
fs::path folder_of_capture(const fs::path& path) {
    const fs::path folder = path.parent_path();
    return is_experiment_folder(folder) && capture_of_experiment(folder) == path ? folder : fs::path();
}

}  // namespace

std::shared_ptr<const ExperimentView> with_status(const ExperimentView& view, const std::string& status,
                                                  const std::string& message) {
    auto out = std::make_shared<ExperimentView>(view);
    out->id = next_result_id();
    out->status = status;
    out->message = message;
    out->seconds_left = -1;
    out->at_work.clear();
    out->step_share = 0;
    return out;
}

ExperimentQueue::Entry::Entry(std::shared_ptr<const ExperimentView> first)
    : folder(first->folder), name(last_part(first->folder)), view(std::move(first)) {}
ExperimentQueue::Entry::~Entry() = default;

ExperimentQueue::ExperimentQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task)
    : board_(board), worker_(worker), opener_(opener), turns_(turns), task_(std::move(task)) {
    turns_.set_begin(LongTurns::Side::kExperiments, [this] { begin_next(); });
}
ExperimentQueue::~ExperimentQueue() = default;

ExperimentQueue::EntryPointer ExperimentQueue::find_locked(const std::string& folder) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const EntryPointer& entry) {
        return !entry->closed && entry->folder == folder;
    });
    return found == entries_.end() ? nullptr : *found;
}

ExperimentQueue::EntryPointer ExperimentQueue::known_locked(const std::string& folder) const {
    if (auto found = find_locked(name_of(folder))) return found;
    throw Failure(FailureKind::kUsage, "is no experiment of the list", folder, "open it first");
}

ExperimentQueue::Wish ExperimentQueue::wish_of(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    return entry.wish;
}

bool ExperimentQueue::is_closed(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    return entry.closed;
}

std::shared_ptr<const ExperimentView> ExperimentQueue::view_of(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    return entry.view;
}

bool ExperimentQueue::under_way_locked(const Entry& entry) {
    return entry.in_memory || entry.view->status == "waiting" || entry.view->status == "running";
}

// One that was closed may still be writing into it.
void ExperimentQueue::require_free_locked(const std::string& folder) const {
    for (const EntryPointer& entry : entries_)
        if (entry->folder == folder && under_way_locked(*entry))
            throw Failure(FailureKind::kUsage, "is the folder of an experiment that is under way", folder,
                          "name another one, or stop that experiment");
}

bool ExperimentQueue::lists(const std::string& folder) const {
    const std::lock_guard lock(mutex_);
    return find_locked(name_of(folder)) != nullptr;
}

void ExperimentQueue::list() {
    board_.change([this](Snapshot& snapshot) {
        snapshot.experiments.clear();
        const std::lock_guard lock(mutex_);
        for (const EntryPointer& entry : entries_)
            if (!entry->closed) snapshot.experiments.push_back(entry->view);
    });
}

void ExperimentQueue::on_opener(const std::string& title, bool outlasts, std::function<void(JobContext&)> piece) {
    JobTask job = task_({}, JobPriority::kNormal, title, "");
    job.kind = "experiments " + std::to_string(job.id);  // none takes another's place
    job.listed = false;
    job.outlasts = outlasts;
    job.step = [piece = std::move(piece)](JobContext& context) {
        piece(context);
        return false;
    };
    opener_.submit(std::move(job));
}

// Once its folder is made nothing of it is lost, whenever the program ends.
void ExperimentQueue::start(const StartExperiment& command) {
    const std::string folder = name_of(command.folder);
    {
        const std::lock_guard lock(mutex_);
        require_free_locked(folder);
    }
    on_opener("Starting " + last_part(folder), true,
              [this, command, folder](JobContext& job) { make(command, folder, job); });
}

void ExperimentQueue::make(const StartExperiment& command, const std::string& folder, JobContext& job) {
    {
        const std::lock_guard lock(mutex_);
        require_free_locked(folder);  // the same may have been asked for twice
    }
    DeviceWish wish;
    wish.device = board_.latest()->settings.device;
    wish.threads = engine_threads();
    ExperimentView view = *ExperimentRun::start(command.setting, folder, command.overwrite, wish, job)->view();
    view.folder = folder;
    put_on_list(*with_status(view, "waiting", {}), proposed_seconds(view));
    list();
    begin_next();
}

// What whoever started it was told.
std::vector<double> ExperimentQueue::proposed_seconds(const ExperimentView& view) const {
    const auto proposal = board_.latest()->proposal;
    const bool same =
        proposal && proposal->plan && view.result->plan && proposal->plan->setting == view.result->plan->setting;
    return same ? proposal->step_seconds : std::vector<double>();
}

// In the place of one that was over.
void ExperimentQueue::put_on_list(ExperimentView view, std::vector<double> expected) {
    auto entry = std::make_shared<Entry>(std::make_shared<const ExperimentView>(std::move(view)));
    entry->expected = std::move(expected);
    const std::lock_guard lock(mutex_);
    const auto old = std::find_if(entries_.begin(), entries_.end(), [&](const EntryPointer& other) {
        return !other->closed && other->folder == entry->folder;
    });
    if (old == entries_.end())
        entries_.push_back(std::move(entry));
    else if (!under_way_locked(**old))
        *old = std::move(entry);
}

void ExperimentQueue::open(const OpenExperiment& command) {
    const std::string path = name_of(command.path);
    on_opener("Opening " + last_part(path), false, [this, path](JobContext& job) { read(path, false, job); });
}

void ExperimentQueue::read(const fs::path& path, bool go_on, JobContext& job) {
    std::error_code ignored;
    if (path.extension() == ".h5" || fs::is_regular_file(path, ignored)) {
        if (go_on) throw Failure(FailureKind::kUsage, "is no folder of an experiment", path.string());
        return show_capture(path);
    }
    for (const fs::path& folder : experiments_in(path)) {
        job.tick();
        // The others are shown nevertheless.
        const auto outcome = guarded(folder.string(), [&] {
            take_in(folder, go_on);
            return true;
        });
        if (!outcome) board_.say(Severity::kError, outcome.error().message);
    }
    list();
    begin_next();
}

void ExperimentQueue::take_in(const fs::path& folder, bool go_on) {
    ExperimentView view = *view_of_experiment(folder);
    view.folder = name_of(folder);
    if (go_on && view.status == "done") throw Failure(FailureKind::kUsage, "has done all its steps", view.folder);
    // What another session left so.
    if (view.status == "running" || view.status == "waiting") view = *with_status(view, "stopped", {});
    if (go_on) view = *with_status(view, "waiting", {});
    put_on_list(std::move(view));
}

void ExperimentQueue::show_capture(const fs::path& path) {
    if (const fs::path folder = folder_of_capture(path); !folder.empty()) {
        take_in(folder, false);
        return list();
    }
    ExperimentView view;
    view.id = next_result_id();
    view.folder = name_of(path);
    view.result = read_experiment(path);
    view.status = view.result->status == "done" || view.result->status == "failed" ? view.result->status : "stopped";
    for (const auto& [name, outcome] : view.result->outcomes) view.steps_done += outcome.done ? 1 : 0;
    view.from_capture = true;
    put_on_list(std::move(view));
    list();
}

void ExperimentQueue::resume(const ResumeExperiment& command) {
    const std::string folder = name_of(command.folder);
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = find_locked(folder);
        if (entry && !go_on_locked(*entry)) return;
    }
    if (!entry)
        return on_opener("Opening " + last_part(folder), false,
                         [this, folder](JobContext& job) { read(folder, true, job); });
    list();
    begin_next();
}

// False: it is at it already.
bool ExperimentQueue::go_on_locked(Entry& entry) const {
    const std::string& status = entry.view->status;
    if (entry.view->from_capture)
        throw Failure(FailureKind::kUsage, "is a capture, which can't be gone on with", entry.folder,
                      "open the experiment's folder");
    if (status == "done") throw Failure(FailureKind::kUsage, "has done all its steps", entry.folder);
    const bool at_work = std::exchange(entry.wish, Wish::kGoOn) == Wish::kGoOn;
    if (at_work && (status == "waiting" || status == "running")) return false;
    // One that is told to stop, but has not heard of it yet, goes on as it is.
    if (status != "running" || at_work_.get() != &entry) entry.view = with_status(*entry.view, "waiting", {});
    return true;
}

void ExperimentQueue::stop(const StopExperiment& command) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = known_locked(command.folder);
        if (!under_way_locked(*entry)) return;
    }
    halt(entry);
}

void ExperimentQueue::close(const CloseExperiment& command) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = known_locked(command.folder);
        entry->closed = true;
    }
    list();
    halt(entry);
}

bool ExperimentQueue::stop_job(std::uint64_t job) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        if (!at_work_ || job_ != job) return false;
        entry = at_work_;
    }
    halt(entry);
    return true;
}

// What is in memory belongs to the worker: a job that is more urgent ends the piece at work, and the experiment's own
// job finds at its next turn that it is not wanted.
void ExperimentQueue::halt(const EntryPointer& entry) {
    bool idle = false;
    {
        const std::lock_guard lock(mutex_);
        entry->wish = Wish::kStop;
        idle = !entry->in_memory && at_work_ != entry;
        if (idle && entry->view->status == "waiting") entry->view = with_status(*entry->view, "stopped", {});
        if (idle) std::erase_if(entries_, [&](const EntryPointer& other) { return other == entry && entry->closed; });
    }
    if (idle) return list();
    JobTask job = task_({}, JobPriority::kNormal, "Checkpoint of " + entry->name, "");
    job.kind = "settle experiment " + std::to_string(job.id);
    job.listed = false;
    job.step = [this, entry](JobContext&) {
        settle(*entry);
        return false;
    };
    worker_.submit(std::move(job));
}

}  // namespace gatescope
