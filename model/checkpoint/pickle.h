#pragma once
// A pickle machine that runs nothing: it follows the stack operations of Python's pickle protocols 2 to 5
// (Lib/pickletools.py) and keeps what a state dictionary is made of; the rest it forgets. What a pickle calls is for
// its reader to know or refuse. Time and memory are linear in the pickle's length, nothing recurses.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace gatescope {

struct PickleValue {
    enum class Kind : std::uint8_t {
        kForgotten,  // a list, a set, a float, bytes, a long tuple ...
        kNone,
        kInteger,   // bools too
        kText,      // UTF-8 or not
        kTuple,     // of at most kLongestTuple values
        kDict,      //
        kCallable,  // a global that the reader knows
        kObject,    // what the reader made of a call or a persistent id
    };
    Kind kind = Kind::kForgotten;
    std::int64_t number = 0;  // kInteger: itself; kTuple, kDict: place in PickleObjects; the last two: the reader's own
    std::string_view text = {};  // kText, in the pickle's own bytes
};

constexpr std::size_t kLongestTuple = 16;

// The containers that values point to; they may hold themselves.
struct PickleObjects {
    using Dict = std::vector<std::pair<std::string_view, PickleValue>>;
    std::vector<std::vector<PickleValue>> tuples;
    std::vector<Dict>
        dicts;  // entries in the order they were set, twice where set twice; text keys to kDict and kObject

    PickleValue new_dict();
    std::span<const PickleValue> tuple(const PickleValue& value) const;  // empty unless kTuple
    const Dict& dict(const PickleValue& value) const;                    // value is a kDict
};

class PickleReader {
  public:
    virtual ~PickleReader() = default;
    // A number of the reader's own for a global, or throws Failure where a pickle may not ask for it.
    virtual std::int64_t callable(std::string_view module, std::string_view name) = 0;
    // The result of calling it.
    virtual PickleValue call(std::int64_t callable, std::span<const PickleValue> arguments, PickleObjects& objects) = 0;
    // What a persistent id stands for.
    virtual PickleValue persistent(std::span<const PickleValue> id) = 0;
};

struct Unpickled {
    PickleValue value;
    PickleObjects objects;
};

// `bytes` outlive the result. Throws Failure(kBadFile, kUnsupported).
Unpickled unpickle(std::span<const std::byte> bytes, PickleReader& reader);

}  // namespace gatescope
