#include "app/engine/board.h"

#include <array>
#include <ctime>
#include <utility>

#include "app/engine/command_line.h"

namespace gatescope {
namespace {

constexpr std::size_t kMostMessages = 50;

std::string clock_time() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
    return text.data();
}

// None while the run knows nothing of the gate, so that a stale result is never taken for a new gate's.
std::optional<std::size_t> gate_index(const Snapshot& snapshot, const std::string& gate) {
    if (!snapshot.run || gate == "dense") return {};
    for (std::size_t index = 0; index < snapshot.run->gates.size(); ++index)
        if (print_gate(snapshot.run->gates[index].gate) == gate) return index;
    return {};
}

std::shared_ptr<const Snapshot> first_snapshot(Settings initial) {
    auto out = std::make_shared<Snapshot>();
    out->settings = std::move(initial);
    return out;
}

}  // namespace

Board::Board(Settings initial, std::function<void()> wake)
    : mailbox_(first_snapshot(std::move(initial))), wake_(std::move(wake)) {}

void Board::change(const std::function<void(Snapshot&)>& edit) {
    {
        const std::lock_guard lock(editing_);
        auto next = std::make_shared<Snapshot>(*mailbox_.latest());
        edit(*next);
        ++next->id;
        next->gate_a = gate_index(*next, next->settings.gate_a);
        next->gate_b = gate_index(*next, next->settings.gate_b);
        next->command_line = shown_command(*next);
        mailbox_.put(std::move(next));
    }
    if (wake_) wake_();
}

void Board::say(Severity severity, const std::string& text) {
    change([&](Snapshot& snapshot) {
        // Two jobs may meet the same fault.
        if (!snapshot.messages.empty() && snapshot.messages.back().text == text) snapshot.messages.pop_back();
        snapshot.messages.push_back({next_message_++, severity, text, clock_time()});
        if (snapshot.messages.size() > kMostMessages) snapshot.messages.erase(snapshot.messages.begin());
    });
}

void Board::dismiss(std::uint64_t message) {
    change([&](Snapshot& snapshot) {
        std::erase_if(snapshot.messages, [&](const Message& other) { return other.id == message; });
    });
}

}  // namespace gatescope
