#include "model/tokenizer/oniguruma.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "model/core/error.h"
#include "model/tokenizer/regex_classes.h"
#include "model/tokenizer/unicode_tables.h"

namespace gatescope {
namespace {

// Word characters; the superscript digits and the fractions of Latin-1 are some to Oniguruma.
constexpr char kWord[] = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xB2\xB3\xB9\xBC-\xBE)";
constexpr char kHex[] = "0-9A-Fa-f";

// Members of a class that PCRE2's tables lack.
std::string younger(std::string_view name) {
    std::ostringstream out;
    out << std::hex;
    for (const CodePointRange& range : unicode_tables::younger(name))
        out << "\\x{" << std::uint32_t{range.first} << "}-\\x{" << std::uint32_t{range.last} << "}";
    return out.str();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Translation {
  public:
    Translation(std::string_view regex, const std::string& where) : in_(regex), where_(where) {}

    std::string run() {
        while (at_ < in_.size()) in_class_ ? class_item() : item();
        return std::move(out_);
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

    void copy(std::size_t count) {
        out_.append(in_.substr(at_, count));
        at_ = std::min(at_ + count, in_.size());
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Failure(FailureKind::kUnsupported, what + " at byte " + std::to_string(at_) + " of the pattern", where_);
    }

    void item() {
        switch (peek()) {
            case '\\':
                atom_ = out_.size();
                return escape();
            case '[':
                return begin_class();
            case '(':
                groups_.push_back(out_.size());
                return begin_group();
            case ')':
                atom_ = groups_.empty() ? out_.size() : groups_.back();
                if (!groups_.empty()) groups_.pop_back();
                return copy(1);
            case '{':
                return interval();
            case '*':
            case '+':
            case '?':
                return copy(1);
            default:
                if ((static_cast<unsigned char>(peek()) & 0xC0U) != 0x80U) atom_ = out_.size();
                return copy(1);
        }
    }

    // Ruby's (?m) lets . match a newline: PCRE2's (?s).
    void begin_group() {
        copy(1);
        if (peek() != '?') return;
        copy(1);
        for (; peek() == 'i' || peek() == 'm' || peek() == 'x' || peek() == '-'; ++at_)
            out_ += peek() == 'm' ? 's' : peek();
    }

    void begin_class() {
        atom_ = out_.size();
        in_class_ = true;
        copy(1);
        if (peek() == '^') copy(1);
        if (peek() == ']') copy(1);
    }

    void class_item() {
        if (peek() == '\\') return escape();
        if (peek() == '[') {
            const std::size_t end = peek(1) == ':' ? in_.find(":]", at_) : std::string_view::npos;
            if (end == std::string_view::npos) refuse("a class inside of a class");
            return posix_class(end);
        }
        if (peek() == '&' && peek(1) == '&') refuse("an intersection of classes");
        if (peek() == ']') in_class_ = false;
        copy(1);
    }

    // [:alpha:]; the others are left to PCRE2.
    void posix_class(std::size_t end) {
        const std::string_view name = in_.substr(at_ + 2, end - at_ - 2);
        if (name == "alpha" || name == "alnum") {
            out_ += "\\p{Alphabetic}" + younger("Alphabetic") + (name == "alnum" ? "\\p{Nd}" + younger("Nd") : "");
            at_ = end + 2;
        } else if (name == "punct") {
            out_ += "\\p{P}\\p{S}" + younger("P") + younger("S");
            at_ = end + 2;
        } else {
            copy(end + 2 - at_);
        }
    }

    // {n,m}, also {,m}. With a + behind it it repeats the repetition, where PCRE2 would make it possessive.
    void interval() {
        std::size_t at = at_ + 1;
        const auto number = [&] {
            const std::size_t begin = at;
            while (at < in_.size() && is_digit(in_[at])) ++at;
            return in_.substr(begin, at - begin);
        };
        std::string least(number()), most = least;
        const bool range = at < in_.size() && in_[at] == ',';
        if (range) ++at, most = number();
        if (at >= in_.size() || in_[at] != '}' || (least.empty() && most.empty())) {
            atom_ = out_.size();
            out_ += "\\{";
            ++at_;
            return;
        }
        at_ = at + 1;
        if (least.empty()) least = "0";
        out_ += range ? "{" + least + "," + most + "}" : "{" + least + "}";
        if (peek() != '+') return;
        out_.insert(atom_, "(?:");
        out_ += ")";
    }

    void put_class(const std::string& members, bool negated) {
        out_ += in_class_ ? "" : negated ? "[^" : "[";
        out_ += members;
        out_ += in_class_ ? "" : "]";
    }

    void escape() {
        const char c = peek(1);
        if (c == 'p' || c == 'P') return property();
        if (c == 'u') return code_point();
        // Negated classes inside of brackets can't be spelled out.
        if (in_class_ && (c == 'S' || c == 'W' || c == 'D')) return copy(2);
        at_ += 2;
        switch (c) {
            case 's':
            case 'S':
                return put_class(GATESCOPE_SPACE, c == 'S');
            case 'w':
            case 'W':
                return put_class(kWord + younger("w"), c == 'W');
            case 'd':
            case 'D':
                return put_class("\\p{Nd}" + younger("Nd"), c == 'D');
            case 'h':
                return put_class(kHex, false);
            case 'H':
                if (in_class_) refuse("\\H inside of a class");
                return put_class(kHex, true);
            case 'b':
            case 'B':
                return in_class_ ? put_class("\\x08", false) : boundary(c == 'b');
            case 'v':
                out_ += "\\x0B";  // PCRE2's \v is a class
                return;
            default:
                at_ -= 2;
                return copy(2);
        }
    }

    // PCRE2 has its own idea of word characters.
    void boundary(bool there) {
        const std::string word = "[" + (kWord + younger("w")) + "]";
        out_ += there ? "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))"
                      : "(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + "))";
    }

    void code_point() {  // \uHHHH
        at_ += 2;
        out_ += "\\x{" + std::string(in_.substr(at_, 4)) + "}";
        at_ = std::min(at_ + 4, in_.size());
    }

    void property() {  // \p{L}, \P{L}, \p{^L}
        const std::size_t end = in_.find('}', at_);
        if (peek(2) != '{' || end == std::string_view::npos) return copy(2);
        std::string name(in_.substr(at_ + 3, end - at_ - 3));
        bool negated = peek(1) == 'P';
        if (name.starts_with('^')) negated = !negated, name.erase(0, 1);
        at_ = end + 1;
        name = pcre2_name(name);
        // A negated class inside of brackets can't be spelled out.
        if (negated && in_class_)
            out_ += "\\P{" + name + "}";
        else
            put_class("\\p{" + name + "}" + younger(name.starts_with("sc:") ? name.substr(3) : name), negated);
    }

    // PCRE2 knows categories by their short names; a script's bare name would take in what other scripts share.
    static std::string pcre2_name(const std::string& name) {
        struct Named {
            const char *long_name, *name;
        };
        static constexpr std::array kNames = {
            Named{"Letter", "L"},
            Named{"Uppercase_Letter", "Lu"},
            Named{"Lowercase_Letter", "Ll"},
            Named{"Titlecase_Letter", "Lt"},
            Named{"Modifier_Letter", "Lm"},
            Named{"Other_Letter", "Lo"},
            Named{"Mark", "M"},
            Named{"Nonspacing_Mark", "Mn"},
            Named{"Number", "N"},
            Named{"Decimal_Number", "Nd"},
            Named{"Punctuation", "P"},
            Named{"Punct", "P"},
            Named{"Symbol", "S"},
            Named{"Separator", "Z"},
            Named{"Space_Separator", "Zs"},
            Named{"Other", "C"},
            Named{"Control", "Cc"},
            Named{"Any", "Any"},
            Named{"Alphabetic", "Alphabetic"},
            Named{"Alpha", "Alphabetic"},
            Named{"Emoji", "Emoji"},
            Named{"Lower", "Lowercase"},
            Named{"Upper", "Uppercase"},
            Named{"Space", "White_Space"},
        };
        if (name.size() <= 2) return name;
        for (const Named& known : kNames)
            if (name == known.long_name) return known.name;
        return "sc:" + name;
    }

    std::string_view in_;
    const std::string& where_;
    std::string out_;
    std::size_t at_ = 0;
    std::size_t atom_ = 0;             // where in out_ begins what a quantifier would repeat
    std::vector<std::size_t> groups_;  // where in out_ the open ones begin
    bool in_class_ = false;
};

}  // namespace

std::string pcre2_from_oniguruma(std::string_view regex, const std::string& where) {
    return Translation(regex, where).run();
}

}  // namespace gatescope
