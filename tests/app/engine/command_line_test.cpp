#include "app/engine/command_line.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

Snapshot shown() {
    Snapshot out;
    out.settings.model_path = "sample";
    out.settings.text_path = "sample";
    return out;
}

TEST(CommandLine, NamesWhatIsShown) {
    Snapshot snapshot = shown();
    snapshot.settings.gate_a = "oracle:k=64";
    snapshot.settings.gate_b = "window:sinks=4,local=60@2-5";
    EXPECT_EQ(capture_command(snapshot),
              "gatescope capture sample --text sample --window 512 --windows 8 --gate oracle:k=64 "
              "--gate window:sinks=4,local=60@2-5 --out capture.h5");
}

TEST(CommandLine, LeavesOutDefaultsAndNamesTheRest) {
    Snapshot snapshot = shown();
    snapshot.settings.windows = 0;
    snapshot.settings.device = "cpu";
    snapshot.settings.dtype = "bfloat16";
    EXPECT_EQ(capture_command(snapshot),
              "gatescope capture sample --text sample --window 512 --windows all --device cpu --dtype bfloat16 "
              "--out capture.h5");
}

TEST(CommandLine, NamesTheSpectraThatAreShown) {
    Snapshot snapshot = shown();
    Spectra spectra;
    spectra.request = {.folded = true, .delta = -3, .controls = true, .seed = 7, .activations = true, .cosines = true};
    snapshot.spectra = std::make_shared<ModelSpectra>(
        ModelSpectra{"model", nullptr, {}, {}, std::make_shared<const Spectra>(spectra)});
    EXPECT_EQ(capture_command(snapshot),
              "gatescope capture sample --text sample --window 512 --windows 8 --weight-spectra --delta -3 "
              "--spectra-controls --seed 7 --activation-spectra --cosines --out capture.h5");
}

TEST(CommandLine, NamesAGateOnceWhenBothSlotsHoldIt) {
    Snapshot snapshot = shown();
    snapshot.settings.gate_a = snapshot.settings.gate_b = "oracle:k=64";
    const std::string line = capture_command(snapshot);
    EXPECT_EQ(line.find("--gate"), line.rfind("--gate"));
}

TEST(CommandLine, QuotesWhatAShellWouldTakeApart) {
    Snapshot snapshot = shown();
    snapshot.settings.model_path = "/models/my model's $(weights).gguf";
    EXPECT_NE(capture_command(snapshot).find(R"( '/models/my model'\''s $(weights).gguf' )"), std::string::npos);
    EXPECT_EQ(shell_quoted(""), "''");
    EXPECT_EQ(shell_quoted("keys:file=\"a,b\""), "'keys:file=\"a,b\"'");
    EXPECT_EQ(shell_quoted("/a/b-c_d.h5"), "/a/b-c_d.h5");
    EXPECT_EQ(shell_quoted("~"), "'~'");
    EXPECT_EQ(shell_quoted("a\nb"), "'a\nb'");
}

}  // namespace
}  // namespace gatescope
