#pragma once
// Regexes as tokenizer.json spells them, in Oniguruma's (Ruby's) syntax, for PCRE2.

#include <string>
#include <string_view>

namespace gatescope {

// The pattern in PCRE2's syntax, with the character classes of regex_classes.h. Throws Failure(kUnsupported) naming
// `where` for what PCRE2 can't say; other mistakes are left for it to find.
std::string pcre2_from_oniguruma(std::string_view regex, const std::string& where);

}  // namespace gatescope
