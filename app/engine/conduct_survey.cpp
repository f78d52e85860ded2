// Surveys: checkpoint by checkpoint on the opener, behind everything else, shown as each is whole. The capture is
// written once, when the survey ends: however it does, what is whole is kept.

#include <algorithm>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "app/engine/survey_command.h"
#include "captures/capture.h"
#include "captures/survey.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

constexpr const char* kKind = "survey";

std::string checkpoints(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " checkpoint" : " checkpoints");
}

}  // namespace

struct Conductor::SurveyJob {
    StartSurvey wish;
    std::uint64_t number = 0;  // only the newest is shown
    SurveyRequest request;     // without what was left out
    std::unique_ptr<SurveyRun> run;
    std::shared_ptr<const SpectraSurvey> found;  // as the run has it
    std::size_t told = 0;                        // models left out that were spoken of
    bool over = false;
};

void Conductor::on(const StartSurvey& command) {
    if (command.models.empty()) throw Failure(FailureKind::kUsage, "no checkpoint is named", "the survey");
    if (!command.request.weights())
        throw Failure(FailureKind::kUsage, "neither raw nor folded kernels are asked for", "the survey");
    if (!command.path.empty()) check_capture_target(command.path, command.overwrite);
    auto survey = std::make_shared<SurveyJob>();
    survey->wish = command;
    survey->number = wishes([](Wishes& wishes) { return ++wishes.surveys; });
    survey->request.models = command.models;
    survey->request.spectra = command.request;
    survey->request.leave_out = true;
    JobTask job = task(kKind, JobPriority::kBackground, "Survey of " + checkpoints(command.models.size()), "layers");
    job.gives_way = true;
    job.step = [this, survey](JobContext& context) { return survey_step(survey, context); };
    job.ended = [this, survey](const tl::expected<void, Error>& outcome) {
        end_survey(*survey);
        report(outcome);
    };
    opener_.submit(std::move(job));
}

void Conductor::on(const CloseSurvey&) {
    wishes([](Wishes& wishes) { ++wishes.surveys; });
    opener_.cancel_kind(kKind);
    board_.change([](Snapshot& snapshot) {
        snapshot.survey.reset();
        snapshot.survey_path.clear();
    });
}

bool Conductor::survey_step(const std::shared_ptr<SurveyJob>& survey, JobContext& context) {
    if (!survey->run) {
        survey->request.earlier = board_.latest()->survey;
        survey->run = std::make_unique<SurveyRun>(survey->request, context);
        survey_ = survey;
        tell_left_out(*survey);
    }
    context.set_total(survey->run->total());
    context.tick(survey->run->done());
    const bool more = survey->run->step(context);
    tell_left_out(*survey);
    publish_survey(*survey);
    return more;
}

// The command line makes the same without the models that are no good.
void Conductor::tell_left_out(SurveyJob& survey) {
    const auto& left_out = survey.run->left_out();
    for (; survey.told < left_out.size(); ++survey.told) {
        const LeftOut& one = left_out[survey.told];
        std::erase(survey.request.models, one.path);
        board_.say(Severity::kError, "Left out of the survey: " + std::string(one.failure.what()));
    }
}

void Conductor::publish_survey(SurveyJob& survey) {
    const auto found = survey.run->result();
    if (found == survey.found || found->models.empty()) return;
    survey.found = found;
    const auto whole = std::make_shared<const SpectraSurvey>(as_shown(survey));
    board_.change([&](Snapshot& snapshot) {
        if (wishes([&](Wishes& wishes) { return wishes.surveys != survey.number; })) return;
        snapshot.survey = whole;
        snapshot.survey_path = survey.wish.path;
    });
}

SpectraSurvey Conductor::as_shown(const SurveyJob& survey) {
    SpectraSurvey out = *survey.found;
    out.command = survey_command(survey.request, survey.wish.path.empty() ? "spectra.h5" : survey.wish.path);
    return out;
}

// On the opener, or once it has stopped.
void Conductor::end_survey(SurveyJob& survey) {
    survey_.reset();
    if (std::exchange(survey.over, true) || !survey.found) return;
    const SpectraSurvey whole = as_shown(survey);
    survey.run.reset();
    const std::string& path = survey.wish.path;
    if (path.empty()) return;
    const auto outcome = guarded("The survey's capture", [&] {
        JobContext job;
        write_survey(whole, path, survey.wish.overwrite, job);
        const std::string holds = checkpoints(whole.models.size());
        if (whole.complete)
            board_.say(Severity::kSuccess, "Surveyed " + holds + " into " + last_part(path));
        else
            board_.say(Severity::kWarning, "Survey incomplete: " + last_part(path) + " holds " + holds + " of " +
                                               std::to_string(survey.wish.models.size()));
        return true;
    });
    if (!outcome) board_.say(Severity::kError, outcome.error().message);
}

// The program ends, and the opener has stopped.
void Conductor::end_survey_now() {
    if (const auto survey = survey_) end_survey(*survey);
}

void Conductor::show_survey(const std::string& path) {
    auto survey = std::make_shared<SpectraSurvey>(*read_survey(path));
    survey->id = next_result_id();
    const std::string holds = checkpoints(survey->models.size());
    wishes([](Wishes& wishes) { ++wishes.surveys; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.survey = std::move(survey);
        snapshot.survey_path = path;
    });
    board_.say(Severity::kSuccess, last_part(path) + " is a survey of " + holds + ": the layout Spectra shows it");
}

}  // namespace gatescope
