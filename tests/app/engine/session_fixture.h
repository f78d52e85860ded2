#pragma once
// A session on made-up work (tests/support/fake_world.h).

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "app/engine/session.h"
#include "tests/support/fake_world.h"

namespace gatescope {

inline constexpr std::chrono::seconds kLongest{60};
using Picture = std::shared_ptr<const Snapshot>;

inline bool idle(const Snapshot& snapshot) {
    return snapshot.jobs.empty();
}
inline bool measured(const Snapshot& snapshot) {
    return snapshot.run && snapshot.run->complete && snapshot.pattern && snapshot.model &&
           !snapshot.model->sha256.empty() && idle(snapshot);
}
inline bool says(const Snapshot& snapshot, Severity severity, const std::string& part) {
    return std::any_of(snapshot.messages.begin(), snapshot.messages.end(), [&](const Message& message) {
        return message.severity == severity && message.text.find(part) != std::string::npos;
    });
}
inline std::string said(const Snapshot& snapshot) {
    std::string out;
    for (const Message& message : snapshot.messages) out += message.text + " | ";
    return out;
}
inline std::string gate_shown_as_a(const Snapshot& snapshot) {
    return snapshot.gate_a ? print_gate(snapshot.run->gates[*snapshot.gate_a].gate) : "dense";
}

class SessionTest : public testing::Test {
  protected:
    void SetUp() override { renew_world(); }
    void start(Settings settings = {}, MemoryProbe probe = memory_there) {
        session_ = std::make_unique<Session>(
            settings, [this] { ++wakes_; }, std::move(probe));
    }
    Picture wait(const std::function<bool(const Snapshot&)>& wanted) {
        Picture picture = session_->wait(wanted, kLongest);
        EXPECT_NE(picture, nullptr) << "never came about; said: " << said(*session_->snapshot());
        return picture ? picture : session_->snapshot();
    }
    void send(Command command) { session_->send(std::move(command)); }

    std::atomic<int> wakes_{0};
    std::unique_ptr<Session> session_;
};

}  // namespace gatescope
