#include "model/checkpoint/torch_calls.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "model/core/error.h"

namespace gatescope {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMostDimensions = 8;
constexpr std::size_t kMostTensors = std::size_t{1} << 18;
constexpr std::uint64_t kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 64;

enum class What { kDict, kTensor, kTypedTensor, kParameter, kSize, kStorage, kType, kForgotten };

// `type`: of a kStorage's values (empty: bytes) or the kType itself.
struct Known {
    std::string_view module, name;
    What what;
    std::string_view type = {};
};

constexpr std::array kKnown = {
    Known{"collections", "OrderedDict", What::kDict},
    Known{"torch._utils", "_rebuild_tensor_v2", What::kTensor},
    Known{"torch._utils", "_rebuild_tensor_v3", What::kTypedTensor},
    Known{"torch._utils", "_rebuild_parameter", What::kParameter},
    Known{"torch._utils", "_rebuild_parameter_with_state", What::kParameter},
    Known{"torch", "Size", What::kSize},
    Known{"torch.storage", "UntypedStorage", What::kStorage},
    Known{"torch", "UntypedStorage", What::kStorage},
    Known{"torch", "DoubleStorage", What::kStorage, "F64"},
    Known{"torch", "FloatStorage", What::kStorage, "F32"},
    Known{"torch", "HalfStorage", What::kStorage, "F16"},
    Known{"torch", "BFloat16Storage", What::kStorage, "BF16"},
    Known{"torch", "LongStorage", What::kStorage, "I64"},
    Known{"torch", "IntStorage", What::kStorage, "I32"},
    Known{"torch", "ShortStorage", What::kStorage, "I16"},
    Known{"torch", "CharStorage", What::kStorage, "I8"},
    Known{"torch", "ByteStorage", What::kStorage, "U8"},
    Known{"torch", "BoolStorage", What::kStorage, "BOOL"},
    Known{"torch", "ComplexFloatStorage", What::kStorage, "C64"},
    Known{"torch", "float64", What::kType, "F64"},
    Known{"torch", "float32", What::kType, "F32"},
    Known{"torch", "float16", What::kType, "F16"},
    Known{"torch", "bfloat16", What::kType, "BF16"},
    Known{"torch", "float8_e4m3fn", What::kType, "F8_E4M3"},
    Known{"torch", "float8_e5m2", What::kType, "F8_E5M2"},
    Known{"torch", "int64", What::kType, "I64"},
    Known{"torch", "int32", What::kType, "I32"},
    Known{"torch", "int16", What::kType, "I16"},
    Known{"torch", "int8", What::kType, "I8"},
    Known{"torch", "uint8", What::kType, "U8"},
    Known{"torch", "bool", What::kType, "BOOL"},
    Known{"torch", "uint16", What::kType, "U16"},
    Known{"torch", "uint32", What::kType, "U32"},
    Known{"torch", "uint64", What::kType, "U64"},
    Known{"torch", "complex64", What::kType, "C64"},
    // Plain values beside the tensors.
    Known{"torch.serialization", "_get_layout", What::kForgotten},
    Known{"torch", "device", What::kForgotten},
    Known{"collections", "Counter", What::kForgotten},
    Known{"__builtin__", "set", What::kForgotten},
    Known{"builtins", "set", What::kForgotten},
    Known{"_codecs", "encode", What::kForgotten},
};

const Known& known(std::int64_t number) {
    return kKnown[static_cast<std::size_t>(number)];
}

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kBadFile, what);
}

std::uint64_t whole_number(const PickleValue& value, const char* what) {
    if (value.kind != Kind::kInteger || value.number < 0 || static_cast<std::uint64_t>(value.number) > kMost)
        refuse(std::string(what) + " is not a whole number from 0 on");
    return static_cast<std::uint64_t>(value.number);
}

std::vector<std::uint64_t> whole_numbers(const PickleValue& value, const PickleObjects& objects, const char* what) {
    if (value.kind != Kind::kTuple) refuse(std::string(what) + " is no tuple of numbers");
    const auto items = objects.tuple(value);
    if (items.size() > kMostDimensions)
        refuse("a tensor has more than " + std::to_string(kMostDimensions) + " dimensions");
    std::vector<std::uint64_t> out;
    for (const PickleValue& item : items) out.push_back(whole_number(item, what));
    return out;
}

// Every element must lie in the storage, and there may be no more elements than the storage has: a tensor of a file is
// never larger than the file.
void check_extent(const StoredStrides& tensor, std::uint64_t storage_count) {
    std::uint64_t count = 1, last = tensor.first;
    for (std::size_t n = 0; n < tensor.shape.size(); ++n) {
        const auto size = static_cast<std::uint64_t>(tensor.shape[n]);
        if (size == 0) return;  // no element at all; the other sizes are checked below
        const std::uint64_t stride = tensor.strides[n];
        if (stride != 0 && size - 1 > (kMost - last) / stride) refuse("a tensor's strides overflow");
        last += (size - 1) * stride;
        if (size > kMost / count) refuse("a tensor's shape overflows");
        count *= size;
    }
    if (last >= storage_count || count > storage_count)
        refuse("a tensor reaches past the end of its storage of " + std::to_string(storage_count) + " values");
}

void check_sizes(const StoredStrides& tensor) {
    std::uint64_t product = 1;
    for (const std::int64_t size : tensor.shape) {
        const auto factor = static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1));
        if (factor > kMost / product) refuse("a tensor's shape overflows");
        product *= factor;
    }
}

}  // namespace

std::int64_t TorchCalls::callable(std::string_view module, std::string_view name) {
    const auto* const found = std::find_if(
        kKnown.begin(), kKnown.end(), [&](const Known& entry) { return entry.module == module && entry.name == name; });
    if (found != kKnown.end()) return found - kKnown.begin();
    throw Failure(FailureKind::kUnsupported,
                  "calls " + one_line(std::string(module) + "." + std::string(name), 120) +
                      ", which a state dictionary has no need of; nothing was run",
                  {}, "save the weights alone: torch.save(model.state_dict(), file)");
}

PickleValue TorchCalls::call(std::int64_t callable, std::span<const PickleValue> arguments, PickleObjects& objects) {
    switch (known(callable).what) {
        case What::kDict:
            return objects.new_dict();
        case What::kTensor:
            return rebuild_tensor(arguments, objects, false);
        case What::kTypedTensor:
            return rebuild_tensor(arguments, objects, true);
        case What::kParameter:
        case What::kSize:
            if (arguments.empty()) refuse("the pickle calls " + std::string(known(callable).name) + " with nothing");
            return arguments.front();
        case What::kForgotten:
            return {};
        case What::kStorage:
        case What::kType:
            break;
    }
    refuse("the pickle calls " + std::string(known(callable).name));
}

// ("storage", type, key, location, count)
PickleValue TorchCalls::persistent(std::span<const PickleValue> id) {
    const bool usual = id.size() == 5 && id[0].kind == Kind::kText && id[0].text == "storage" &&
                       id[1].kind == Kind::kCallable && known(id[1].number).what == What::kStorage &&
                       id[2].kind == Kind::kText;
    if (!usual) refuse("the pickle names a storage in an unknown way");
    const std::string_view type = known(id[1].number).type;
    storages_.push_back(
        {id[2].text, type.empty() ? nullptr : find_number_type(type), whole_number(id[4], "a storage's size")});
    if (storages_.size() > kMostTensors) refuse("the pickle names too many storages");
    return {Kind::kObject, static_cast<std::int64_t>(storages_.size() - 1) * 2 + 1, {}};
}

const TorchCalls::Storage* TorchCalls::storage(const PickleValue& value) const {
    const bool is_one = value.kind == Kind::kObject && value.number % 2 == 1;
    return is_one ? &storages_[static_cast<std::size_t>(value.number / 2)] : nullptr;
}

const StoredStrides* TorchCalls::tensor(const PickleValue& value) const {
    const bool is_one = value.kind == Kind::kObject && value.number % 2 == 0;
    return is_one ? &tensors_[static_cast<std::size_t>(value.number / 2)] : nullptr;
}

// (storage, offset, sizes, strides, requires_grad, hooks, [type, if typed here], ...)
PickleValue TorchCalls::rebuild_tensor(std::span<const PickleValue> arguments, const PickleObjects& objects,
                                       bool typed_here) {
    if (arguments.size() < (typed_here ? 7u : 4u)) refuse("a tensor is described by too few values");
    const Storage* const from = storage(arguments[0]);
    if (from == nullptr) refuse("a tensor has no storage");
    StoredStrides out;
    out.type = from->type;
    if (typed_here) {
        const PickleValue& type = arguments[6];
        if (type.kind != Kind::kCallable || known(type.number).what != What::kType) refuse("a tensor has no type");
        out.type = find_number_type(known(type.number).type);
    }
    if (out.type == nullptr) refuse("a tensor has no type");
    const std::uint64_t value_bytes = out.type->bits / 8;
    const std::uint64_t unit = from->type == nullptr ? 1 : from->type->bits / 8;
    out.storage = from->key;
    out.storage_bytes = from->count * unit;
    out.first = whole_number(arguments[1], "a tensor's offset");
    const auto sizes = whole_numbers(arguments[2], objects, "a tensor's size");
    out.shape.assign(sizes.begin(), sizes.end());
    out.strides = whole_numbers(arguments[3], objects, "a tensor's stride");
    if (out.strides.size() != out.shape.size()) refuse("a tensor has as many strides as dimensions");
    if (out.shape.empty()) {
        out.shape = {1};
        out.strides = {1};
    }
    check_sizes(out);
    check_extent(out, out.storage_bytes / value_bytes);
    tensors_.push_back(std::move(out));
    if (tensors_.size() > kMostTensors) refuse("the pickle names too many tensors");
    return {Kind::kObject, static_cast<std::int64_t>(tensors_.size() - 1) * 2, {}};
}

}  // namespace gatescope
