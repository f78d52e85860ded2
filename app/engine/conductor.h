#pragma once
// Turns commands into jobs and finished jobs into snapshots. Commands arrive on the window's thread and return at once;
// the worker owns the bench, the opener reads files (texts, hashes, captures: HDF5 knows one thread only).

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/engine/bench.h"
#include "app/engine/board.h"
#include "app/engine/commands.h"
#include "app/engine/experiment_proposals.h"
#include "app/engine/experiment_queue.h"
#include "app/engine/job_queue.h"
#include "app/engine/lab_command.h"
#include "app/engine/long_turns.h"
#include "app/engine/model_memory.h"
#include "app/engine/training_queue.h"

namespace gatescope {

struct Training;
class CheckpointReader;
class Tokenizer;

// "dense", or the gate's canonical syntax.
std::string gate_syntax(const GateSpec& gate);
class Conductor {
  public:
    Conductor(const Settings& initial, std::function<void()> wake, MemoryProbe probe);
    // Cancels what runs and joins.
    ~Conductor();
    Conductor(const Conductor&) = delete;
    Conductor& operator=(const Conductor&) = delete;

    void handle(const Command& command);
    const Board& board() const { return board_; }

  private:
    // A model on its way in.
    struct Opening {
        std::uint64_t number = 0;  // only the newest counts
        std::string path;
        DeviceWish wish;
        bool new_windows = false;  // the wish's window length is to be the session's
        bool weights_only = false, close_first = false;
        bool first = false;    // of the session: gives way to the sample
        std::string run = {};  // that it is a checkpoint of, `step`'s; empty: of none
        std::int64_t step = -1;
    };
    // A text by its path, or typed in.
    struct TextSource {
        std::string path;
        std::shared_ptr<const UseText> typed;
        bool operator==(const TextSource&) const = default;
    };
    // A text that was read, on its way to the bench.
    struct Fresh {
        TextSource from;
        Source source;
    };
    struct ExtraRun;
    // What a job of the lab runs on: the model and the text of the moment when it was asked for.
    struct LabText {
        std::weak_ptr<Model> model;
        TextSource from;
        std::shared_ptr<const TextWindows> text;
    };
    struct SweepJob;
    struct SensitivityJob;
    struct WeightSpectraJob;
    struct SurveyJob;
    // What of the open model needs no weights on a device: it may be closed meanwhile.
    struct Headers {
        std::weak_ptr<Model> model;
        std::shared_ptr<const CheckpointReader> reader;
        std::shared_ptr<Tokenizer> tokenizer;
        std::shared_ptr<const ModelSummary> summary;
    };
    // What commands asked for and jobs look up when they get there.
    struct Wishes {
        ShowHead head;
        TextSource text, text_in_use;
        std::uint64_t openings = 0;          // of models, so far
        std::shared_ptr<Model> model;        // the one in use, for the opener's tokenizer and hash
        std::optional<Fresh> fresh;          // to be measured anew
        std::shared_ptr<Training> training;  // the last one asked for
        SpectraRequest spectra;              // of whatever model is open
        std::optional<ComponentsRequest> components;
        std::uint64_t surveys = 0;                 // shown, started or closed so far
        std::uint64_t scrubbed = 0;                // opening of the checkpoint that is not on the screen yet; 0: none
        std::optional<ShowCheckpoint> next_scrub;  // to be opened then
    };

    void on(const OpenModel& command);
    void on(const PreviewModel& command);
    void on(const OpenText& command);
    void on(const UseText& command);
    void on(const SetWindows& command);
    void on(const SetDevice& command);
    void on(const SetGate& command);
    void on(const SwapGates& command);
    void on(const ShowHead& command);
    void on(const MeasureInduction& command);
    void on(const ExportCapture& command);
    void on(const ExportFigure& command);
    void on(const OpenCapture& command);
    void on(const CloseCapture& command);
    void on(const CancelJob& command);
    void on(const Remeasure& command);
    void on(const StartSweep& command);
    void on(const StartSensitivity& command);
    void on(const StartDistillation& command);
    void on(const PauseDistillation& command);
    void on(const StopDistillation& command);
    void on(const MeasureGateGradient& command);
    void on(const MeasureSpectra& command);
    void on(const ShowComponents& command);
    void on(const StartSurvey& command);
    void on(const CloseSurvey& command);
    void on(const StartRuns& command);
    void on(const OpenRuns& command);
    void on(const ResumeRun& command);
    void on(const PauseRun& command);
    void on(const StopRun& command);
    void on(const CloseRun& command);
    void on(const ShowCheckpoint& command);
    void on(const ProposeExperiment& command);
    void on(const StartExperiment& command);
    void on(const OpenExperiment& command);
    void on(const ResumeExperiment& command);
    void on(const StopExperiment& command);
    void on(const CloseExperiment& command);
    void on(const DismissMessage& command);

    // conduct_models.cpp
    void open(Opening opening);
    void read_headers(const Opening& opening, JobContext& job);
    void refuse(std::shared_ptr<const ModelPreview> preview);
    void load(const Opening& opening, std::shared_ptr<Model> model);
    void let_go();
    void adopt(const Opening& opening, std::shared_ptr<Model> model);
    void opening_ended(const Opening& opening, const tl::expected<void, Error>& outcome);
    bool newest(const Opening& opening);
    MemoryThere room_on(const std::string& device);

    // conduct_opening.cpp
    void fit_settings(const ModelConfig& config);
    void hash_weights(const Model& model);
    void read_text();
    void text_failed(const TextSource& from, const Settings& attempted);

    // conduct_measuring.cpp
    void measure();
    bool measure_step(JobContext& job, double& base);
    void begin_fresh();
    void publish(bool at_once);
    std::shared_ptr<const PatternMatrix> next_map(bool first);
    void go_on_without_what_failed();
    bool give_way_windows(const Settings& attempted);
    void show_head();
    void head_step(const ShowHead& head, JobContext& job);
    void bring_keys();
    static GatePair gates_of(const Settings& settings);

    // conduct_lab.cpp
    LabText lab_text(std::int64_t window_length, std::int64_t windows, JobContext& job);
    std::shared_ptr<Model> lab_model(const LabText& place);
    RunWords lab_words(const LabText& place) const;

    // conduct_sweep.cpp
    void begin_sweep(const StartSweep& command, JobContext& job);
    bool sweep_step(SweepJob& job, JobContext& context);
    void publish_sweep(SweepJob& job);
    void write_sweep(const std::string& path, std::shared_ptr<const RunResult> run);

    // conduct_sensitivity.cpp
    void begin_sensitivity(const SensitivityRequest& request, JobContext& job);
    bool sensitivity_step(SensitivityJob& job, JobContext& context);
    void publish_sensitivity(SensitivityJob& job, bool at_once);

    // conduct_spectra.cpp
    bool in_use(const std::weak_ptr<Model>& model);
    void measure_weight_spectra();
    bool begin_weight_spectra();
    bool weight_spectra_step(JobContext& context);
    void measure_activation_spectra();
    void measure_wished_activation_spectra();
    bool activation_spectra_step(JobContext& context);
    bool activation_spectra_to_end(JobContext& context);
    void publish_activation_spectra();
    void drop_spectra();
    static void drop_activation_spectra(Snapshot& snapshot);

    // conduct_components.cpp
    void find_components();
    void find_components(const Headers& of, const ComponentsRequest& wish, JobContext& job);
    void find_components_of(const ModelConfig& config);
    void project_tokens(const Headers& of, const ComponentsRequest& wish, const HeadComponents& found, JobContext& job);
    void show_components(const Headers& of, const std::shared_ptr<const HeadComponents>& found);
    static void drop_tokens(Snapshot& snapshot);

    // conduct_survey.cpp
    bool survey_step(const std::shared_ptr<SurveyJob>& survey, JobContext& context);
    void tell_left_out(SurveyJob& survey);
    void publish_survey(SurveyJob& survey);
    static SpectraSurvey as_shown(const SurveyJob& survey);
    void end_survey(SurveyJob& survey);
    void end_survey_now();
    void show_survey(const std::string& path);

    // conduct_captures.cpp
    void export_shown(const ExportCapture& command);
    void export_anew(const ExportCapture& command);
    void show_stored_head();
    ExtraRun begin_extra(const ExportCapture& command) const;
    void write(const ExportCapture& command, std::shared_ptr<Model> model, std::shared_ptr<const RunResult> run);

    // conduct_distillation.cpp
    void train(std::shared_ptr<Training> training);
    bool training_step(Training& training, JobContext& job);
    void begin_training(Training& training, JobContext& job);
    void publish_training(Training& training, bool at_once);
    void end_training(Training& training, const std::string& status);
    void end_later(std::shared_ptr<Training> training);
    void end_training_now();
    void write_curves(const Training& training);

    // conduct_experiments.cpp
    bool opens_elsewhere(const std::string& path);
    void say_where_shown(const std::string& path);

    // conduct_runs.cpp
    void open_checkpoint_of(const ShowCheckpoint& wish);
    void checkpoint_shown();

    MakeTask task_maker();
    JobTask task(const std::string& kind, JobPriority priority, const std::string& title, const std::string& unit);
    void report(const tl::expected<void, Error>& outcome);
    // What asks for a run where there can be none is told why.
    Failure nothing_to_run() const;
    void require_weights() const;
    void list_jobs();
    template <typename Access>
    auto wishes(const Access& access) {
        const std::lock_guard lock(wishes_mutex_);
        return access(wishes_);
    }

    Board board_;
    const MemoryProbe probe_;
    std::atomic<std::uint64_t> next_job_{1}, next_run_{0}, next_refusal_{1};
    std::mutex wishes_mutex_;
    Wishes wishes_;

    // The worker's.
    Bench bench_;
    Settings attempted_;         // by the last step
    bool new_on_bench_ = false;  // nothing of this measurement was published yet
    std::chrono::steady_clock::time_point next_publish_;
    std::uint64_t published_version_ = 0;
    std::string map_made_of_;  // the sensitivity map that is shown

    // The opener's.
    std::shared_ptr<WeightSpectraJob> weight_spectra_;  // under way, or interrupted
    std::shared_ptr<SurveyJob> survey_;                 // under way

    JobQueue opener_, worker_;
    LongTurns turns_;
    TrainingQueue runs_;
    ExperimentQueue experiments_;
    ExperimentProposals proposals_;
};

}  // namespace gatescope
