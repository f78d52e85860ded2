#include "model/checkpoint/pickle.h"

#include <cstring>
#include <string>
#include <unordered_map>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/pickle_ops.h"

namespace gatescope {
namespace {

using namespace pickle_op;
using Kind = PickleValue::Kind;

constexpr std::size_t kMostPickleBytes = std::size_t{32} << 20;
constexpr std::size_t kMostOnStack = std::size_t{1} << 20;
constexpr std::size_t kMostObjects = std::size_t{1} << 20;
constexpr std::size_t kMostRemembered = std::size_t{1} << 21;
constexpr std::size_t kLongestName = 200;

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kBadFile, what);
}

void limit(std::size_t count, std::size_t most, const char* what) {
    if (count > most)
        throw Failure(FailureKind::kUnsupported, "holds more than " + std::to_string(most) + " " + what, {},
                      "save the weights alone: torch.save(model.state_dict(), file)");
}

class Machine {
  public:
    Machine(std::span<const std::byte> bytes, PickleReader& reader) : cursor_(bytes), reader_(reader) {
        objects_.tuples.emplace_back();  // the empty one
    }

    Unpickled run() {
        if (cursor_.read<std::uint8_t>("the pickle") != kProto || cursor_.read<std::uint8_t>("the pickle") > 5)
            throw Failure(FailureKind::kUnsupported, "is no pickle of protocol 2 to 5");
        for (auto op = next(); op != kStop; op = next()) {
            if (constant(op) || text(op) || container(op) || memo(op) || stack(op) || call(op)) continue;
            throw Failure(FailureKind::kUnsupported, "holds the pickle operation " + std::to_string(op), {},
                          "state dictionaries need none such");
        }
        return {pop(), std::move(objects_)};
    }

  private:
    std::uint8_t next() { return cursor_.read<std::uint8_t>("the pickle"); }

    template <typename Size>
    std::string_view counted() {
        const Size size = cursor_.read<Size>("a length");
        return cursor_.take(size, "a pickled value");
    }

    void push(PickleValue value) {
        limit(stack_.size() + 1, kMostOnStack, "values on the pickle's stack");
        stack_.push_back(value);
    }
    void push_integer(std::int64_t value) { push({Kind::kInteger, value, {}}); }
    void push_text(std::string_view text) { push({Kind::kText, 0, text}); }
    void forget() { push({}); }

    // Values below the topmost mark are not the operation's to take.
    std::size_t available() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
    PickleValue pop() {
        if (available() == 0) refuse("the pickle takes more from its stack than it put there");
        const PickleValue out = stack_.back();
        stack_.pop_back();
        return out;
    }
    PickleValue& top() {
        if (available() == 0) refuse("the pickle's stack is empty");
        return stack_.back();
    }
    // The values above the topmost mark, which goes; they stay readable until the next push.
    std::span<const PickleValue> pop_mark() {
        if (marks_.empty()) refuse("the pickle lacks a mark");
        const std::size_t mark = marks_.back();
        marks_.pop_back();
        popped_.assign(stack_.begin() + static_cast<std::ptrdiff_t>(mark), stack_.end());
        stack_.resize(mark);
        return popped_;
    }

    bool constant(std::uint8_t op) {
        switch (op) {
            case kNone:
                push({Kind::kNone, 0, {}});
                return true;
            case kNewTrue:
                push_integer(1);
                return true;
            case kNewFalse:
                push_integer(0);
                return true;
            case kBinInt:
                push_integer(cursor_.read<std::int32_t>("a number"));
                return true;
            case kBinInt1:
                push_integer(cursor_.read<std::uint8_t>("a number"));
                return true;
            case kBinInt2:
                push_integer(cursor_.read<std::uint16_t>("a number"));
                return true;
            case kLong1:
                push_long(counted<std::uint8_t>());
                return true;
            case kLong4:
                push_long(counted<std::uint32_t>());
                return true;
            case kBinFloat:
                cursor_.take(8, "a number");
                forget();
                return true;
            case kFrame:
                cursor_.take(8, "a frame's length");
                return true;
            default:
                return false;
        }
    }

    // Two's complement, least byte first; what needs more than 64 bits is forgotten.
    void push_long(std::string_view bytes) {
        if (bytes.size() > sizeof(std::int64_t)) return forget();
        std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
        std::memcpy(&value, bytes.data(), bytes.size());
        push_integer(static_cast<std::int64_t>(value));
    }

    bool text(std::uint8_t op) {
        switch (op) {
            case kShortBinUnicode:
            case kShortBinString:
                push_text(counted<std::uint8_t>());
                return true;
            case kBinUnicode:
            case kBinString:
                push_text(counted<std::uint32_t>());
                return true;
            case kBinUnicode8:
                push_text(counted<std::uint64_t>());
                return true;
            case kShortBinBytes:
                counted<std::uint8_t>();
                break;
            case kBinBytes:
                counted<std::uint32_t>();
                break;
            case kBinBytes8:
            case kByteArray8:
                counted<std::uint64_t>();
                break;
            default:
                return false;
        }
        forget();
        return true;
    }

    bool container(std::uint8_t op) {
        switch (op) {
            case kEmptyTuple:
                push({Kind::kTuple, 0, {}});
                return true;
            case kTuple1:
            case kTuple2:
            case kTuple3:
                tuple_of(static_cast<std::size_t>(op - kTuple1 + 1));
                return true;
            case kTupleOfMark:
                push_tuple(pop_mark());
                return true;
            case kEmptyDict:
                push_dict();
                return true;
            case kDictOfMark: {
                const auto items = pop_mark();
                push_dict();
                set_items(items);
                return true;
            }
            case kSetItems:
                set_items(pop_mark());
                return true;
            case kSetItem: {
                const PickleValue value = pop(), key = pop();
                set_items(std::vector{key, value});
                return true;
            }
            case kEmptyList:
            case kEmptySet:
                forget();
                return true;
            case kAppend:
                pop();
                return true;
            case kAppends:
            case kAddItems:
                pop_mark();
                return true;
            case kListOfMark:
            case kFrozenSet:
                pop_mark();
                forget();
                return true;
            default:
                return false;
        }
    }

    void tuple_of(std::size_t count) {
        std::vector<PickleValue> items(count);
        for (std::size_t n = count; n-- > 0;) items[n] = pop();
        push_tuple(items);
    }
    void push_tuple(std::span<const PickleValue> items) {
        if (items.size() > kLongestTuple) return forget();
        objects_.tuples.emplace_back(items.begin(), items.end());
        limit_objects();
        push({Kind::kTuple, static_cast<std::int64_t>(objects_.tuples.size()) - 1, {}});
    }
    void push_dict() {
        push(objects_.new_dict());
        limit_objects();
    }
    void limit_objects() const {
        limit(objects_.tuples.size() + objects_.dicts.size(), kMostObjects, "pickled objects");
    }

    // Keys and values in turn, into the dictionary on top of the stack; into a forgotten object, nothing.
    void set_items(std::span<const PickleValue> items) {
        if (items.size() % 2 != 0) refuse("the pickle sets a key without a value");
        const PickleValue target = top();
        if (target.kind == Kind::kForgotten) return;
        if (target.kind != Kind::kDict) refuse("the pickle sets items of what is no dictionary");
        auto& dict = objects_.dicts[static_cast<std::size_t>(target.number)];
        for (std::size_t n = 0; n < items.size(); n += 2) {
            const PickleValue& key = items[n];
            const PickleValue& value = items[n + 1];
            if (key.kind == Kind::kText && (value.kind == Kind::kDict || value.kind == Kind::kObject))
                dict.emplace_back(key.text, value);
        }
    }

    bool memo(std::uint8_t op) {
        switch (op) {
            case kBinPut:
                remember(cursor_.read<std::uint8_t>("a memo's number"));
                return true;
            case kLongBinPut:
                remember(cursor_.read<std::uint32_t>("a memo's number"));
                return true;
            case kMemoize:
                remember(memo_.size());
                return true;
            case kBinGet:
                recall(cursor_.read<std::uint8_t>("a memo's number"));
                return true;
            case kLongBinGet:
                recall(cursor_.read<std::uint32_t>("a memo's number"));
                return true;
            default:
                return false;
        }
    }
    void remember(std::uint64_t place) {
        memo_.insert_or_assign(place, top());
        limit(memo_.size(), kMostRemembered, "values to be used again");
    }
    void recall(std::uint64_t place) {
        const auto found = memo_.find(place);
        if (found == memo_.end()) refuse("the pickle uses a value again that it never had");
        push(found->second);
    }

    bool stack(std::uint8_t op) {
        switch (op) {
            case kMark:
                limit(marks_.size() + 1, kMostOnStack, "marks on the pickle's stack");
                marks_.push_back(stack_.size());
                return true;
            case kPop:
                if (available() > 0)
                    pop();
                else
                    pop_mark();
                return true;
            case kPopMark:
                pop_mark();
                return true;
            case kDup:
                push(PickleValue(top()));
                return true;
            default:
                return false;
        }
    }

    bool call(std::uint8_t op) {
        switch (op) {
            case kGlobal: {
                const std::string_view module = line(), name = line();
                push({Kind::kCallable, reader_.callable(module, name), {}});
                return true;
            }
            case kStackGlobal: {
                const PickleValue name = pop(), module = pop();
                if (name.kind != Kind::kText || module.kind != Kind::kText)
                    refuse("the pickle names a global by no text");
                push({Kind::kCallable, reader_.callable(module.text, name.text), {}});
                return true;
            }
            case kNewObjEx:
                pop();
                [[fallthrough]];  // named arguments
            case kNewObj:
            case kReduce:
                apply();
                return true;
            case kBuild:
                pop();
                return true;  // attributes of what is on the stack
            case kBinPersId: {
                const PickleValue id = pop();
                push(reader_.persistent(objects_.tuple(id)));
                return true;
            }
            default:
                return false;
        }
    }

    void apply() {
        const PickleValue arguments = pop(), callable = pop();
        if (callable.kind != Kind::kCallable) refuse("the pickle calls what is no global");
        // The reader may add objects, so the arguments are kept apart.
        const auto kept = objects_.tuple(arguments);
        const std::vector<PickleValue> values(kept.begin(), kept.end());
        push(reader_.call(callable.number, values, objects_));
        limit_objects();
    }

    // Up to the next newline, which is taken too.
    std::string_view line() {
        std::string_view out;
        const std::uint64_t longest = std::min<std::uint64_t>(cursor_.remaining(), kLongestName);
        ByteCursor ahead = cursor_;
        const std::string_view text = ahead.take(longest, "a global's name");
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) refuse("the pickle names a global without end");
        out = cursor_.take(end, "a global's name");
        cursor_.take(1, "a global's name");
        return out;
    }

    ByteCursor cursor_;
    PickleReader& reader_;
    PickleObjects objects_;
    std::vector<PickleValue> stack_, popped_;
    std::vector<std::size_t> marks_;  // sizes that the stack had
    std::unordered_map<std::uint64_t, PickleValue> memo_;
};

}  // namespace

PickleValue PickleObjects::new_dict() {
    dicts.emplace_back();
    return {Kind::kDict, static_cast<std::int64_t>(dicts.size()) - 1, {}};
}

std::span<const PickleValue> PickleObjects::tuple(const PickleValue& value) const {
    if (value.kind != Kind::kTuple) return {};
    return tuples[static_cast<std::size_t>(value.number)];
}

const PickleObjects::Dict& PickleObjects::dict(const PickleValue& value) const {
    return dicts[static_cast<std::size_t>(value.number)];
}

Unpickled unpickle(std::span<const std::byte> bytes, PickleReader& reader) {
    if (bytes.size() > kMostPickleBytes)
        throw Failure(FailureKind::kUnsupported, "is a pickle of " + std::to_string(bytes.size()) + " bytes", {},
                      "save the weights alone: torch.save(model.state_dict(), file)");
    return Machine(bytes, reader).run();
}

}  // namespace gatescope
