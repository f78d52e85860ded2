#include "model/tokenizer/text_replacer.h"

#include "model/tokenizer/pattern_json.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {

TextReplacer::TextReplacer(const StageJson& stage) : content_(stage.string("content")) {
    const StagePattern pattern = read_pattern(stage);
    if (pattern.regex)
        regex_.emplace(compile(pattern));
    else
        literal_ = pattern.text;
}

std::string TextReplacer::apply(std::string_view text) const {
    if (!regex_) return replace_all(text, literal_, content_);
    std::string out;
    TextRegex::Matcher matcher(*regex_);
    RegexWalk walk(matcher, text);
    std::size_t done = 0;
    while (const auto found = walk.next()) {
        out.append(text.substr(done, found->begin - done)).append(content_);
        check_growth(text.size(), out.size());
        done = found->end;
    }
    return out.append(text.substr(done));
}

}  // namespace gatescope
