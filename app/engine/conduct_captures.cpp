// Captures: what is shown is measured to its end and written; patterns and key sets need a run of their own. An export
// that is cancelled leaves no file: unlike the command line, the window still shows the incomplete numbers. A newer
// export takes the place of one to the same file alone: every file that was asked for comes.

#include <system_error>
#include <utility>

#include "analysis/stored_pattern.h"
#include "app/engine/conductor.h"
#include "app/engine/size_text.h"
#include "captures/capture.h"
#include "captures/experiment_file.h"
#include "captures/figure.h"
#include "captures/survey.h"
#include "model/checkpoint/weight_hash.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

std::string size_of(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    return error ? "size unknown" : size_text(size);
}

}  // namespace

// A run beside the bench's: its own measurement, on the same model and text.
struct Conductor::ExtraRun {
    Source source;
    std::unique_ptr<Measurement> measurement;
};

void Conductor::export_shown(const ExportCapture& command) {
    JobTask job = task("export " + command.path, JobPriority::kNormal, "Measuring for export", "windows");
    job.step = [this, command, base = -1.0](JobContext& context) mutable {
        if (base < 0) check_capture_target(command.path, command.overwrite);
        if (measure_step(context, base)) return true;
        if (bench_.empty()) throw nothing_to_run();
        if (activation_spectra_to_end(context)) return true;
        write(command, bench_.source().model, board_.latest()->run);
        return false;
    };
    worker_.submit(std::move(job));
}

void Conductor::export_anew(const ExportCapture& command) {
    JobTask job = task("export " + command.path, JobPriority::kNormal, "Measuring for export", "windows");
    job.step = [this, command, extra = std::make_shared<ExtraRun>()](JobContext& context) {
        if (!extra->measurement) {
            check_capture_target(command.path, command.overwrite);
            if (bench_.empty()) throw nothing_to_run();
            *extra = begin_extra(command);
            context.set_total(extra->measurement->total());
        }
        const bool more = extra->measurement->step(context);
        context.tick(extra->measurement->done());
        if (more) return true;
        if (bench_.source().text == extra->source.text && activation_spectra_to_end(context)) return true;
        const auto result = extra->measurement->result();
        const auto now = board_.latest();
        const bool same_text = now->run && now->run->text == result->text;
        write(command, extra->source.model,
              dressed(*result, result->id, nullptr, result->command, nullptr, same_text ? now->run->spectra : nullptr));
        return false;
    };
    worker_.submit(std::move(job));
}

Conductor::ExtraRun Conductor::begin_extra(const ExportCapture& command) const {
    RunRequest request = bench_.request();
    request.gates = gates_of(board_.latest()->settings).measured();
    request.patterns = command.patterns;
    request.masks = command.masks;
    request.induction = bench_.has_induction();
    const Source& source = bench_.source();
    ExtraRun out{source, std::make_unique<Measurement>(*source.model->transformer, std::move(request),
                                                       source.model->summary, source.text)};
    out.measurement->keep_window(-1);
    return out;
}

// On the opener, where all of HDF5 is.
void Conductor::write(const ExportCapture& command, std::shared_ptr<Model> model,
                      std::shared_ptr<const RunResult> run) {
    const fs::path path = command.path;
    const std::string name = path.filename().string();
    JobTask job = task("write " + command.path, JobPriority::kNormal, "Writing " + name, "");
    job.step = [=, this, run = std::move(run), model = std::move(model)](JobContext& context) {
        ModelSummary summary = *run->model;
        if (summary.sha256.empty()) summary.sha256 = weights_sha256(*model->reader, context);
        const std::string line = run->command.empty() ? board_.latest()->command_line : run->command;
        const auto whole = dressed(*run, run->id, std::make_shared<const ModelSummary>(summary), line);
        write_capture(*whole, path, command.overwrite, context);
        board_.say(Severity::kSuccess, "Wrote " + name + " (" + size_of(path) + ")");
        return false;
    };
    opener_.submit(std::move(job));
}

// On the opener, too: the script must not meet a capture that is being written.
void Conductor::on(const ExportFigure& command) {
    const std::string name = fs::path(command.path).filename().string();
    JobTask job = task("figure " + command.path, JobPriority::kNormal, "Drawing " + name, "");
    job.step = [this, command, name](JobContext&) {
        draw_figure({.capture = command.capture,
                     .figure = command.figure,
                     .out = command.path,
                     .data = {},
                     .overwrite = command.overwrite});
        board_.say(Severity::kSuccess, "Drew " + name + " (" + size_of(command.path) + ")");
        return false;
    };
    opener_.submit(std::move(job));
}

void Conductor::on(const OpenCapture& command) {
    const fs::path path = command.path;
    JobTask job = task("capture", JobPriority::kNormal, "Opening " + path.filename().string(), "");
    job.step = [this, path](JobContext& context) {
        if (is_experiment(path)) {
            experiments_.show_capture(path);
            say_where_shown(path.string());
            return false;
        }
        if (is_survey(path)) {
            show_survey(path.string());
            return false;
        }
        auto capture = read_capture(path);
        context.tick();
        const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
        board_.change([&](Snapshot& snapshot) {
            snapshot.capture_pattern = stored_pattern(*capture, head.layer, head.head, head.window);
            snapshot.capture = std::move(capture);
            snapshot.capture_path = path.string();
        });
        return false;
    };
    opener_.submit(std::move(job));
}

void Conductor::on(const CloseCapture&) {
    opener_.cancel_kind("capture");
    board_.change([](Snapshot& snapshot) {
        snapshot.capture.reset();
        snapshot.capture_pattern.reset();
        snapshot.capture_path.clear();
    });
    show_head();  // another one may have been looked at meanwhile
}

void Conductor::show_stored_head() {
    JobTask job = task("stored head", JobPriority::kInteractive, "Attention map", "");
    job.listed = false;
    job.step = [this](JobContext&) {
        const ShowHead head = wishes([](Wishes& wishes) { return wishes.head; });
        const auto capture = board_.latest()->capture;
        if (!capture) return false;
        const auto map = stored_pattern(*capture, head.layer, head.head, head.window);
        board_.change([&](Snapshot& snapshot) {
            if (snapshot.capture == capture) snapshot.capture_pattern = map;
        });
        return false;
    };
    opener_.submit(std::move(job));
}

}  // namespace gatescope
