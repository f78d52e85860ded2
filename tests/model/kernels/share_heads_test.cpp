#include "model/kernels/share_heads.h"

#include <ATen/Parallel.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace gatescope {
namespace {

// How many threads the rest of a test program computes with.
class ChosenThreads {
  public:
    explicit ChosenThreads(int n_threads) : before_(at::get_num_threads()) { at::set_num_threads(n_threads); }
    ~ChosenThreads() { at::set_num_threads(before_); }
    ChosenThreads(const ChosenThreads&) = delete;
    ChosenThreads& operator=(const ChosenThreads&) = delete;

  private:
    int before_;
};

// MKL's QR once waited for ever for threads that a nested region does not get.
TEST(ShareHeads, DecompositionsEndWhateverTheNumberOfThreadsThatWasChosen) {
    for (const int n_threads : {1, 2, 4}) {
        const ChosenThreads threads(n_threads);
        std::vector<std::int64_t> rows(24);
        share_heads(24, [&](std::int64_t head) {
            const auto [q, r] = at::linalg_qr(at::ones({1280, 128}, at::kDouble), "r");
            rows[static_cast<std::size_t>(head)] = r.size(0);
        });
        EXPECT_EQ(rows, std::vector<std::int64_t>(24, 128)) << n_threads;
    }
}

TEST(ShareHeads, WhatTheWorkThrowsComesOut) {
    EXPECT_THROW(share_heads(3,
                             [](std::int64_t head) {
                                 if (head == 1) throw std::runtime_error("one");
                             }),
                 std::runtime_error);
}

}  // namespace
}  // namespace gatescope
