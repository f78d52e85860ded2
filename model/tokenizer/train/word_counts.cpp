#include "model/tokenizer/train/word_counts.h"

#include <unordered_map>

#include "model/tokenizer/pattern_cutter.h"

namespace gatescope {
namespace {

constexpr double kMega = 1e6;
constexpr std::size_t kWordsBetweenTicks = 4096;

}  // namespace

std::vector<WordCount> count_words(std::span<const std::string_view> documents, JobContext& job) {
    double bytes = 0;
    for (const std::string_view document : documents) bytes += static_cast<double>(document.size());
    job.begin("Counting words", "MB", bytes / kMega);
    std::vector<WordCount> out;
    std::unordered_map<std::string_view, std::size_t> places;
    const PatternCutter cutter("gpt-2");
    PatternCutter::Cursor cursor(cutter);
    std::size_t words = 0;
    double done = 0;
    for (const std::string_view document : documents) {
        cursor.begin(document);
        for (std::string_view word = cursor.next(); !word.empty(); word = cursor.next()) {
            const auto [place, is_new] = places.try_emplace(word, out.size());
            if (is_new) out.push_back({word, 0});
            ++out[place->second].count;
            done += static_cast<double>(word.size());
            if (++words % kWordsBetweenTicks == 0) job.tick(done / kMega);
        }
    }
    job.tick(bytes / kMega);
    return out;
}

}  // namespace gatescope
