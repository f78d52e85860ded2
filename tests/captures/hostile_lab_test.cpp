// What the gate lab adds to a capture, broken: one line each.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/captures/hostile_capture.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class HostileLab : public HostileCapture {
  protected:
    // Refused once `change` was done to a fresh capture.
    std::string refusal_of(const std::function<void()>& change) const {
        JobContext job;
        write_capture(synthetic_lab_run(), path_, true, job);
        change();
        return refusal();
    }
};

TEST_F(HostileLab, MayLackAnyOfItsParts) {
    for (const char* name : {"/sensitivity/k", "/sensitivity/layer_cost", "/sensitivity/layer_cost_standard_error",
                             "/sensitivity/head_cost_standard_error"}) {
        const auto remove = [&] { edit([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); }); };
        EXPECT_THAT(refusal_of(remove), AllOf(HasSubstr(name), HasSubstr("is missing")));
    }
    for (const char* name : {"gate", "each_head", "head_k", "mean_k", "windows", "window_length", "done", "total",
                             "proposed_gate", "equal_gate", "predicted", "measured"}) {
        const auto remove = [&] {
            edit([&](hid_t file) { H5Adelete_by_name(file, "/sensitivity", name, H5P_DEFAULT); });
        };
        EXPECT_THAT(refusal_of(remove), AllOf(HasSubstr(name), HasSubstr("is missing")));
    }
    for (const char* name : {"recipe", "status"}) {
        const auto remove = [&] {
            edit([&](hid_t file) { H5Adelete_by_name(file, "/runs/learned kl k=64", name, H5P_DEFAULT); });
        };
        EXPECT_THAT(refusal_of(remove), AllOf(HasSubstr(name), HasSubstr("is missing")));
    }
}

TEST_F(HostileLab, MayHaveDatasetsOfAnotherTypeOrShape) {
    const h5::Handle text = h5::string_type();
    for (const char* name : {"/sensitivity/layer_cost", "/sensitivity/head_cost", "/sensitivity/proposed_k",
                             "/runs/learned kl k=64/step", "/runs/learned kl k=64/loss"}) {
        EXPECT_THAT(refusal_of([&] { replace(name, H5T_IEEE_F64LE, {7, 5}); }), HasSubstr(name));
        EXPECT_THAT(refusal_of([&] { replace(name, text.id(), {3}); }), HasSubstr(name));
        EXPECT_THAT(refusal_of([&] { replace(name, H5T_IEEE_F64LE, {0}); }), HasSubstr(name));
    }
}

TEST_F(HostileLab, MayClaimMoreThanItHolds) {
    const h5::Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk = 1024;
    H5Pset_chunk(list.id(), 1, &chunk);
    H5Pset_deflate(list.id(), 4);
    for (const char* name : {"/sensitivity/k", "/runs/learned kl k=64/step"}) {
        EXPECT_THAT(refusal_of([&] { replace(name, H5T_STD_I64LE, {hsize_t{1} << 30}, list.id()); }),
                    AllOf(HasSubstr(name), HasSubstr("more values than the file can hold")));
        EXPECT_THAT(refusal_of([&] { replace(name, H5T_STD_I64LE, {hsize_t{1} << 40}, list.id()); }),
                    AllOf(HasSubstr(name), HasSubstr("impossible size")));
    }
}

TEST_F(HostileLab, MayHoldNumbersThatAreNone) {
    for (const char* name : {"mean_k", "predicted", "predicted_equal"})
        for (const double value : {std::nan(""), HUGE_VAL})
            EXPECT_THAT(refusal_of([&] { set_real("/sensitivity", name, value); }),
                        AllOf(HasSubstr(name), HasSubstr("is no number")));
}

TEST_F(HostileLab, MayCountBelowNothing) {
    const std::int64_t steps[3] = {0, -1, 5};
    EXPECT_THAT(refusal_of([&] { overwrite("/runs/learned kl k=64/step", H5T_NATIVE_INT64, steps); }),
                AllOf(HasSubstr("/step"), HasSubstr("below 0")));
    const std::int32_t budgets[3] = {2, -4, 4};
    EXPECT_THAT(refusal_of([&] { overwrite("/sensitivity/proposed_k", H5T_NATIVE_INT32, budgets); }),
                AllOf(HasSubstr("proposed_k"), HasSubstr("below 0")));
}

TEST_F(HostileLab, MayNameGatesThatAreNone) {
    for (const char* name : {"gate", "proposed_gate", "equal_gate"})
        EXPECT_THAT(refusal_of([&] { set_text("/sensitivity", name, "orcale:k=4"); }),
                    AllOf(HasSubstr(name), HasSubstr("orcale")));
    EXPECT_THAT(refusal_of([&] { set_text("/sensitivity", "gate", "oracle:k=4@0+oracle:k=8@1"); }),
                HasSubstr("must be one gate"));
}

// Ten thousand links to one big dataset would cost as much memory as ten thousand datasets.
TEST_F(HostileLab, MayShowOneDatasetManyTimes) {
    RunResult run = synthetic_lab_run();
    auto curve = std::make_shared<TrainCurve>(*run.curves[0]);
    curve->step.assign(2000, 1);
    curve->series = {{"loss", std::vector<double>(2000, 1.0)}};
    run.curves = {curve};
    JobContext job;
    write_capture(run, path_, true, job);
    edit([](hid_t file) {
        for (int n = 0; n < 100; ++n)
            H5Lcreate_hard(file, "/runs/learned kl k=64/loss", file,
                           ("/runs/learned kl k=64/loss" + std::to_string(n)).c_str(), H5P_DEFAULT, H5P_DEFAULT);
    });
    EXPECT_THAT(refusal(), HasSubstr("shares its bytes"));
}

// A later version may put more into the groups.
TEST_F(HostileLab, MayHoldGroupsThatNobodyKnows) {
    EXPECT_EQ(refusal_of([&] {
                  edit([](hid_t file) {
                      for (const char* name : {"/sensitivity/later", "/runs/learned kl k=64/later"})
                          h5::Handle(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
                  });
              }),
              "");
}

}  // namespace
}  // namespace gatescope
