#pragma once
// A text in documents that a small model soon knows better than the frequencies of its tokens: after each word few
// others come.

#include <array>
#include <random>
#include <string>

namespace gatescope {

inline std::string learnable_text(unsigned seed, int documents, int words = 220) {
    constexpr std::array<const char*, 16> kWords = {"river",  "stone", "carries", "under",  "the",   "old",
                                                    "bridge", "water", "and",     "slowly", "light", "falls",
                                                    "on",     "its",   "quiet",   "mill"};
    std::mt19937 random(seed);
    std::string out;
    for (int document = 0; document < documents; ++document) {
        std::size_t word = random() % kWords.size();
        for (int n = 0; n < words; ++n) {
            out += (n == 0 ? "" : " ") + std::string(kWords[word]);
            if (n % 11 == 10) out += ".";
            word = (word * 5 + 3 + random() % 2) % kWords.size();
        }
        out += "\n\n\n";
    }
    return out;
}

}  // namespace gatescope
