// Figures are drawn by a Python that these tests only pretend to have.
#include "captures/figure.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "captures/capture.h"
#include "captures/child_program.h"
#include "captures/experiment_file.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "tests/support/synthetic_experiment.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/synthetic_spectra.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Figure : public testing::Test {
  protected:
    Figure() {
        JobContext job;
        write_capture(synthetic_lab_run(), request_.capture, true, job);
        pretend("[ \"$1\" = -c ] || { echo drawn $1 > \"$4\"; [ -z \"$6\" ] || echo numbers > \"$6\"; }");
    }
    ~Figure() override { unsetenv("GATESCOPE_PYTHON"); }

    // A Python that does what these lines of a shell say: -c CODE, or SCRIPT CAPTURE --out FILE [--data FILE].
    void pretend(const std::string& lines) {
        const fs::path program = folder_ / "python";
        std::ofstream(program) << "#!/bin/sh\n" << lines << "\n";
        fs::permissions(program, fs::perms::owner_all);
        setenv("GATESCOPE_PYTHON", program.c_str(), 1);
    }

    std::string refusal() const {
        try {
            draw_figure(request_);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    }

    static std::string content(const fs::path& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    TemporaryFolder folder_;
    FigureRequest request_{folder_ / "run.h5", "sweep", folder_ / "f.pdf", {}, false};
};

TEST_F(Figure, IsWhatItsScriptMakesWithItsNumbersBesideIt) {
    request_.data = folder_ / "f.csv";
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out), AllOf(HasSubstr("drawn"), HasSubstr("sweep.py")));
    EXPECT_EQ(content(request_.data), "numbers\n");
}

TEST_F(Figure, HasAScriptOfItsName) {
    for (const FigureInfo& figure : figures()) {
        request_.figure = figure.id;
        request_.overwrite = true;
        EXPECT_EQ(refusal(), "");
        std::string script = content(request_.out).substr(std::string("drawn ").size());
        script.pop_back();
        EXPECT_TRUE(fs::exists(script)) << script;
    }
}

TEST_F(Figure, OfTrainingRunsIsOfEveryRunInAFolder) {
    pretend("[ \"$1\" = -c ] && exit; for out; do :; done; echo \"$@\" > \"$out\"");
    request_.figure = "training";
    for (const char* run : {"runs/b", "runs/a", "runs/none"}) fs::create_directories(folder_ / run);
    for (const char* run : {"runs/b", "runs/a"}) fs::copy_file(folder_ / "run.h5", folder_ / run / "run.h5");
    request_.capture = folder_ / "runs";
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out), HasSubstr((folder_ / "runs/a/run.h5").string() + " " +
                                                 (folder_ / "runs/b/run.h5").string() + " --out"));
    request_.overwrite = true;
    request_.capture = folder_ / "runs/a";
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out), HasSubstr("training.py " + (folder_ / "runs/a/run.h5").string() + " --out"));
    request_.capture = folder_ / "runs/none";
    EXPECT_THAT(refusal(), HasSubstr("has no run.h5, nor a folder with one"));
    request_.capture = folder_ / "runs";
    request_.figure = "sweep";
    EXPECT_NE(refusal(), "");
}

TEST_F(Figure, OfOneHeadIsOfTheOneThatIsNamed) {
    pretend("[ \"$1\" = -c ] || echo \"$@\" > \"$4\"");
    request_.figure = "spectrum";
    request_.model = "small";
    request_.layer = 2;
    request_.head = 3;
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out), HasSubstr("--model small --layer 2 --head 3"));
    request_.figure = "sweep";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("--model"), HasSubstr("not of one head")));
}

TEST_F(Figure, IsDrawnFromASurveyToo) {
    JobContext job;
    write_survey(synthetic_survey(), request_.capture, true, job);
    request_.figure = "depth";
    EXPECT_EQ(refusal(), "");
}

TEST_F(Figure, OfAnExperimentIsOfItsFolderTooAndOfTheChartThatIsNamed) {
    pretend("[ \"$1\" = -c ] || echo \"$@\" > \"$4\"");
    request_.figure = "experiment";
    request_.capture = folder_ / "soft-gating";
    fs::create_directories(request_.capture);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("experiment.h5"), HasSubstr("no such file")));
    JobContext job;
    write_experiment(synthetic_experiment(), request_.capture / "experiment.h5", true, job);
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out), Not(HasSubstr("--chart")));
    request_.chart = "figure-1";
    request_.overwrite = true;
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(content(request_.out),
                AllOf(HasSubstr("experiment.py " + (request_.capture / "experiment.h5").string()),
                      HasSubstr("--chart figure-1")));
    request_.capture /= "experiment.h5";
    request_.figure = "training";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("--chart"), HasSubstr("not of an experiment")));
    request_.chart.clear();
    EXPECT_EQ(refusal(), "");
}

TEST_F(Figure, OfAnUnknownNameOrFormatIsRefused) {
    request_.out = folder_ / "f.gif";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("f.gif"), HasSubstr(".svg")));
    request_.figure = "sweap";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("sweap"), HasSubstr("sweep")));
}

TEST_F(Figure, ReplacesNothingUnlessTold) {
    std::ofstream(request_.out) << "mine";
    EXPECT_THAT(refusal(), HasSubstr("exists already"));
    EXPECT_EQ(content(request_.out), "mine");
}

TEST_F(Figure, PutsItsNumbersNeitherOverItselfNorOverItsCapture) {
    request_.overwrite = true;
    request_.data = request_.out;
    EXPECT_THAT(refusal(), AllOf(HasSubstr("--data"), HasSubstr("--out")));
    request_.data = folder_ / "." / "run.h5";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("--data"), HasSubstr("capture itself")));
}

TEST_F(Figure, SaysWhatPythonLacks) {
    pretend("echo 'Traceback' >&2; echo \"ModuleNotFoundError: No module named 'h5py'\" >&2; exit 1");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("No module named 'h5py'"), HasSubstr("GATESCOPE_PYTHON")));
    setenv("GATESCOPE_PYTHON", "no-such-python-anywhere", 1);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("no-such-python-anywhere"), HasSubstr("matplotlib")));
}

TEST_F(Figure, PassesItsScriptsLineOnAndLeavesNothing) {
    pretend("[ \"$1\" = -c ] || { echo half > \"$4\"; echo 'run.h5: holds no gates' >&2; exit 1; }");
    EXPECT_THAT(refusal(), HasSubstr("holds no gates"));
    EXPECT_FALSE(fs::exists(request_.out));
}

TEST_F(Figure, IsOfACaptureThatCanBeRead) {
    request_.capture = folder_ / "none.h5";
    EXPECT_THAT(refusal(), AllOf(HasSubstr("none.h5"), HasSubstr("no such file")));
}

TEST(ChildProgram, IsHeardToItsEndAndItsEndIsKnown) {
    const ProgramEnd loud = run_program({"sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 3"});
    EXPECT_EQ(loud.status, 3);
    EXPECT_EQ(loud.errors.size(), 65536U);
    EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
    EXPECT_EQ(run_program({"no-such-program-anywhere"}).status, 127);
}

}  // namespace
}  // namespace gatescope
