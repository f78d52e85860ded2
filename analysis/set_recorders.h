#pragma once
// Key sets and attention probabilities kept as they are, for captures. Shapes: H head, Q query, K key.

#include <memory>
#include <vector>

#include "analysis/recorder.h"
#include "analysis/results.h"

namespace gatescope {

// The keys of every analysed head in the first `windows` windows; a head without the gate lists all its keys.
class MaskRecorder final : public Recorder {
  public:
    MaskRecorder(AnalysedHeads analysed, std::int64_t windows);

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override;
    bool looks_at(std::int64_t layer) const override { return wants_blocks(layer); }
    void on_block(const PatternBlock& block) override;
    void commit() override;

    // Padded to the longest set and window; nullptr before the first window.
    std::shared_ptr<const KeySets> sets() const;

  private:
    struct Window {
        std::int64_t tokens = 0;
        std::vector<std::int32_t> keys;  // sets one after the other as blocks came
        std::vector<std::size_t> begin;  // [layer, head, query]: where its set begins
        std::vector<std::int32_t> size;  // [layer, head, query]
    };
    void list_row(const bool* keep, std::int64_t begin, std::int64_t end, std::size_t place);
    void write(const Window& window, std::size_t first_row, KeySets& sets) const;

    AnalysedHeads analysed_;
    std::size_t wanted_;
    bool open_ = false;
    Window window_;
    std::vector<Window> done_;
    mutable std::shared_ptr<const KeySets> made_;  // of `done_`, until the next commit
};

// Probabilities of every analysed head as float16.
class PatternRecorder final : public Recorder {
  public:
    explicit PatternRecorder(AnalysedHeads analysed) : analysed_(std::move(analysed)) {}

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override { return analysed_.has_layer(layer); }
    void on_block(const PatternBlock& block) override;
    void commit() override;

    const std::vector<std::shared_ptr<const WindowPatterns>>& windows() const { return done_; }

  private:
    AnalysedHeads analysed_;
    std::shared_ptr<WindowPatterns> window_;
    std::vector<std::shared_ptr<const WindowPatterns>> done_;
};

}  // namespace gatescope
