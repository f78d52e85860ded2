#pragma once
// How work that was cut short goes on.

#include <exception>
#include <string>

namespace gatescope {

struct Options;

// " --device cuda --threads 2", as far as they were given: of a command line that goes on.
std::string machine_words(const Options& options);

// What ended the work, with the way on as its hint. What was asked for was right: it is no wrong usage any more.
[[noreturn]] void throw_with_way_on(const std::exception_ptr& ended, const std::string& way_on);

}  // namespace gatescope
