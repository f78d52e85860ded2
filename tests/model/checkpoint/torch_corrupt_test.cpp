// The catalogue of ways in which a file of torch.save can lie or ask for more than weights. Each must fail as itself,
// and nothing may be run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/torch_header.h"
#include "model/core/error.h"
#include "tests/support/torch_bytes.h"

namespace gatescope {
namespace {

using namespace pickled;

struct Lie {
    const char* name;
    std::function<std::string()> bytes;
    const char* message;  // part of the line
};

void PrintTo(const Lie& lie, std::ostream* out) {
    *out << lie.name;
}

std::string with_pickle(const std::string& bytes) {
    return torch_bytes(bytes);
}

std::string with_value(const std::string& value) {
    return torch_bytes(pickle(value));
}

std::string with_tensor(const std::string& tensor) {
    return with_value(dict({{"w", tensor}}));
}

std::string honest() {
    return with_tensor(tensor(storage("0", 4), 0, {4}, {1}));
}

std::vector<ZipMember> honest_members() {
    return {{"m/data.pkl", pickle(dict({{"w", tensor(storage("0", 4), 0, {4}, {1})}}))},
            {"m/data/0", std::string(16, '\0')}};
}

// The archive with its last member changed.
std::string with_member(const std::function<void(ZipMember&)>& change) {
    auto members = honest_members();
    change(members.back());
    return zip_bytes(members);
}

std::string repeated(std::string_view what, std::size_t count) {
    std::string out;
    for (std::size_t n = 0; n < count; ++n) out += what;
    return out;
}

const std::vector<Lie>& archive_lies() {
    static const std::vector<Lie> lies = {
        {"OldPickleForm",
         [] {
             return std::string(
                 "\x80\x02\x8a\nl\xfc\x9c"
                 "F\xf9 j\xa8P\x19.");
         },
         "torch.save wrote before 1.6"},
        {"NoZip", [] { return std::string("Once upon a time there was"); }, "is not a file of torch.save"},
        {"OnlyTheFirstBytes", [] { return std::string("PK\x03\x04"); }, "is too short for a zip archive"},
        {"NoDirectory", [] { return "PK\x03\x04" + std::string(100, '\0'); }, "has no zip directory at its end"},
        {"LastByteMissing", [] { return honest().substr(0, honest().size() - 1); }, "has no zip directory at its end"},
        {"FirstHalfMissing", [] { return "PK\x03\x04" + honest().substr(honest().size() / 2); }, "zip directory"},
        {"NoPickle",
         [] {
             return zip_bytes({{"m/data/0", "x"}});
         },
         "is a zip archive without data.pkl"},
        {"PickleTooDeep",
         [] {
             return zip_bytes({{"a/b/data.pkl", "x"}});
         },
         "is a zip archive without data.pkl"},
        {"Packed", [] { return with_member([](ZipMember& member) { member.method = 8; }); },
         "m/data/0: is packed (method 8)"},
        {"Encrypted", [] { return with_member([](ZipMember& member) { member.flags = 1; }); },
         "m/data/0: is encrypted"},
        {"TwoSizes", [] { return with_member([](ZipMember& member) { member.packed_size = 15; }); },
         "m/data/0: is stored, but has two sizes"},
        {"SizePastTheEnd",
         [] { return with_member([](ZipMember& member) { member.packed_size = member.size = 100'000; }); },
         "m/data/0: reaches past the end of the file"},
        {"SizeInA64BitPartThatIsMissing",
         [] { return with_member([](ZipMember& member) { member.packed_size = member.size = 0xffffffff; }); },
         "m/data/0: reaches past the end of the file"},
        {"OtherNameInItsHeader",
         [] { return with_member([](ZipMember& member) { member.name_in_header = "m/data/1"; }); },
         "m/data/0: has another name in its header"},
        {"HeaderElsewhere", [] { return with_member([](ZipMember& member) { member.header_shift = 3; }); },
         "m/data/0: its header is not where the directory says"},
        {"HeaderPastTheEnd", [] { return with_member([](ZipMember& member) { member.header_shift = 1u << 30; }); },
         "m/data/0: its header lies past the end of the file"},
        {"EntryTwice",
         [] {
             auto members = honest_members();
             members.push_back(members.back());
             return zip_bytes(members);
         },
         "m/data/0: is in the archive twice"},
        {"TorchScript",
         [] {
             auto members = honest_members();
             members.push_back({"m/code/__torch__.py", "x"});
             return zip_bytes(members);
         },
         "is a TorchScript program"},
        {"BigEndian",
         [] {
             auto members = honest_members();
             members.push_back({"m/byteorder", "big"});
             return zip_bytes(members);
         },
         "byteorder: the byte order is \"big\""},
        {"StorageMissing", [] { return with_tensor(tensor(storage("7", 4), 0, {4}, {1})); },
         "w: its storage data/7 is not in the archive"},
        {"StorageTooShort", [] { return with_tensor(tensor(storage("0", 5), 0, {4}, {1})); },
         "w: its storage data/0 has 16 bytes, not 20"},
    };
    return lies;
}

const std::vector<Lie>& call_lies() {
    static const std::vector<Lie> lies = {
        {"System", [] { return with_value(call(global("os", "system"), {text("true")})); },
         "m/data.pkl: calls os.system, which a state dictionary has no need of"},
        {"SystemByStackGlobal", [] { return with_value(text("os") + text("system") + "\x93)R"); }, "calls os.system"},
        {"SystemNeverCalled", [] { return with_value(global("posix", "system") + "0}"); }, "calls posix.system"},
        {"Eval", [] { return with_value(call(global("builtins", "eval"), {text("1")})); }, "calls builtins.eval"},
        {"GetAttribute", [] { return with_value(global("builtins", "getattr")); }, "calls builtins.getattr"},
        {"TorchLoad", [] { return with_value(global("torch", "load")); }, "calls torch.load"},
        {"WholeModule", [] { return with_value(global("transformers.models.gpt2.modeling_gpt2", "GPT2Model")); },
         "calls transformers.models.gpt2.modeling_gpt2.GPT2Model"},
        {"DottedName", [] { return with_value(global("collections", "OrderedDict.fromkeys")); },
         "calls collections.OrderedDict.fromkeys"},
        {"OldInstance", [] { return with_pickle("\x80\x02(ios\nsystem\n."); }, "holds the pickle operation 105"},
        {"OldObject", [] { return with_pickle("\x80\x02(o."); }, "holds the pickle operation 111"},
        {"Extension", [] { return with_pickle("\x80\x02\x82\x01."); }, "holds the pickle operation 130"},
        {"CallOfANumber", [] { return with_value("K\x01)R"); }, "calls what is no global"},
        {"CallOfAStorage", [] { return with_value(call(global("torch", "FloatStorage"), {number(5)})); },
         "the pickle calls FloatStorage"},
        {"NameWithoutEnd", [] { return with_value("c" + std::string(5000, 'x')); }, "names a global without end"},
    };
    return lies;
}

const std::vector<Lie>& machine_lies() {
    static const std::vector<Lie> lies = {
        {"Empty", [] { return with_pickle(""); }, "the file ends inside the pickle"},
        {"Protocol0", [] { return with_pickle("(dp0\n."); }, "is no pickle of protocol 2 to 5"},
        {"Protocol6", [] { return with_pickle("\x80\x06}."); }, "is no pickle of protocol 2 to 5"},
        {"WithoutEnd", [] { return with_pickle("\x80\x02}"); }, "the file ends inside the pickle"},
        {"NothingOnTheStack", [] { return with_value(""); }, "takes more from its stack than it put there"},
        {"TakesBelowAMark", [] { return with_value("}(s"); }, "takes more from its stack than it put there"},
        {"NoMark", [] { return with_value("}u"); }, "the pickle lacks a mark"},
        {"KeyWithoutValue", [] { return with_value("}(K\x01u"); }, "sets a key without a value"},
        {"ItemsOfANumber", [] { return with_value("K\x01(NNu"); }, "sets items of what is no dictionary"},
        {"MemoNeverSet", [] { return with_value("h\x05"); }, "uses a value again that it never had"},
        {"MemoOfNothing", [] { return with_value("q\x05"); }, "the pickle's stack is empty"},
        {"TextLongerThanThePickle",
         [] {
             return with_value(
                 "X\xff\xff\xff\xff"
                 "a");
         },
         "the file ends inside a pickled value"},
        {"TextOf64Bits",
         [] {
             return with_value(
                 "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                 "a");
         },
         "the file ends inside a pickled value"},
        {"StackWithoutEnd", [] { return with_pickle("\x80\x02" + std::string(2'000'000, 'N')); },
         "values on the pickle's stack"},
        {"MarksWithoutEnd", [] { return with_pickle("\x80\x02" + std::string(2'000'000, '(')); },
         "marks on the pickle's stack"},
        {"DictsWithoutEnd", [] { return with_pickle("\x80\x02" + repeated("}0", 1'500'000)); }, "pickled objects"},
        {"MemoWithoutEnd", [] { return with_pickle("\x80\x02N" + std::string(3'000'000, '\x94')); },
         "values to be used again"},
        {"NoDictionary", [] { return with_value("K\x05"); }, "holds no dictionary of tensors"},
        {"NoTensors",
         [] {
             return with_value(dict({{"a", number(1)}}));
         },
         "holds no tensors by name"},
        {"HoldsItself", [] { return with_value("}q\x01" + text("model") + "h\x01s"); }, "holds no tensors by name"},
    };
    return lies;
}

const std::vector<Lie>& tensor_lies() {
    constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
    static const std::vector<Lie> lies = {
        {"NoStorage", [] { return with_tensor(tensor("N", 0, {4}, {1})); }, "a tensor has no storage"},
        {"TensorAsStorage", [] { return with_tensor(tensor(tensor(storage("0", 4), 0, {4}, {1}), 0, {4}, {1})); },
         "a tensor has no storage"},
        {"TooFewValues", [] { return with_tensor(call(global("torch._utils", "_rebuild_tensor_v2"), {})); },
         "described by too few values"},
        {"OffsetNegative", [] { return with_tensor(tensor(storage("0", 4), -1, {4}, {1})); },
         "a tensor's offset is not a whole number"},
        {"OffsetPastTheEnd", [] { return with_tensor(tensor(storage("0", 4), 1, {4}, {1})); },
         "reaches past the end of its storage of 4 values"},
        {"OffsetHuge", [] { return with_tensor(tensor(storage("0", 4), kLargest, {1}, {1})); },
         "a tensor's offset is not a whole number"},
        {"SizeNegative", [] { return with_tensor(tensor(storage("0", 4), 0, {-4}, {1})); },
         "a tensor's size is not a whole number"},
        {"SizeHuge",
         [] {
             return with_tensor(tensor(storage("0", 4), 0, {1ll << 40, 1ll << 40}, {1, 1}));
         },
         "a tensor's shape overflows"},
        {"SizeHugeBeforeA0",
         [] {
             return with_tensor(tensor(storage("0", 4), 0, {1ll << 40, 1ll << 40, 0}, {1, 1, 1}));
         },
         "a tensor's shape overflows"},
        {"StrideNegative", [] { return with_tensor(tensor(storage("0", 4), 0, {4}, {-1})); },
         "a tensor's stride is not a whole number"},
        {"StrideOverflows",
         [] {
             return with_tensor(tensor(storage("0", 4), 0, {4, 4}, {1ll << 56, 1ll << 56}));
         },
         "a tensor's strides overflow"},
        {"StridePastTheEnd", [] { return with_tensor(tensor(storage("0", 4), 0, {2}, {4})); },
         "reaches past the end of its storage"},
        {"MoreElementsThanItsStorage", [] { return with_tensor(tensor(storage("0", 4), 0, {1ll << 40}, {0})); },
         "reaches past the end of its storage"},
        {"FewerStridesThanSizes",
         [] {
             return with_tensor(tensor(storage("0", 4), 0, {2, 2}, {1}));
         },
         "as many strides as dimensions"},
        {"SizesAreText",
         [] {
             return with_tensor(call(global("torch._utils", "_rebuild_tensor_v2"),
                                     {storage("0", 4), number(0), text("4"), numbers({1})}));
         },
         "a tensor's size is no tuple of numbers"},
        {"NineDimensions",
         [] {
             const std::vector<std::int64_t> ones(9, 1);
             return with_tensor(tensor(storage("0", 4), 0, ones, ones));
         },
         "more than 8 dimensions"},
        {"StorageWithoutAType",
         [] { return with_tensor(tensor(storage("0", 16, global("torch", "UntypedStorage")), 0, {4}, {1})); },
         "a tensor has no type"},
        {"StorageOfAnUnknownType",
         [] { return with_tensor(tensor(storage("0", 4, global("torch", "QInt8Storage")), 0, {4}, {1})); },
         "calls torch.QInt8Storage"},
        {"StorageCountNegative", [] { return with_tensor(tensor(storage("0", -4), 0, {4}, {1})); },
         "a storage's size is not a whole number"},
        {"PersistentIdOfAnotherKind", [] { return with_tensor(tuple({text("module")}) + "Q"); },
         "names a storage in an unknown way"},
    };
    return lies;
}

class TorchLie : public testing::TestWithParam<Lie> {};

TEST_P(TorchLie, IsNamed) {
    const std::string bytes = GetParam().bytes();
    try {
        parse_torch_header(std::as_bytes(std::span(bytes)));
        FAIL() << "was believed";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr(GetParam().message));
    }
}

TEST(TorchFile, TheHonestFileTheyAreMadeFromIsRead) {
    const std::string bytes = honest();
    EXPECT_EQ(parse_torch_header(std::as_bytes(std::span(bytes))).size(), 1u);
}

std::string name_of(const testing::TestParamInfo<Lie>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(InTheArchive, TorchLie, testing::ValuesIn(archive_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InItsCalls, TorchLie, testing::ValuesIn(call_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InItsPickle, TorchLie, testing::ValuesIn(machine_lies()), name_of);
INSTANTIATE_TEST_SUITE_P(InATensor, TorchLie, testing::ValuesIn(tensor_lies()), name_of);

}  // namespace
}  // namespace gatescope
