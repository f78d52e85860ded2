#pragma once
// Random valid UTF-8 for property tests, rich in spaces, digits, apostrophes and whole special strings.

#include <random>
#include <string>

namespace gatescope {

std::string random_text(std::mt19937& rng, std::size_t characters);

}  // namespace gatescope
