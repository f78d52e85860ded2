#include "captures/h5_reader.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "model/core/error.h"

namespace gatescope::h5 {
namespace {

constexpr std::int64_t kMostDimension = std::int64_t{1} << 31;
constexpr hsize_t kMostMembers = 100000;
constexpr ssize_t kMostNameBytes = 65536;
constexpr std::uint64_t kDeflateRatio = 1100;  // zlib can't pack tighter
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 30;
constexpr std::size_t kMostStringBytes = std::size_t{64} << 20;

Failure broken(const std::string& where, const std::string& what) {
    return {FailureKind::kBadFile, what, where};
}

std::string print_shape(const Shape& shape) {
    std::string out;
    for (const std::int64_t size : shape) out += (out.empty() ? "" : " x ") + std::to_string(size);
    return out.empty() ? "a single value" : out;
}

// Is `type` one of the plain numbers that are converted to what we keep?
bool any_of(hid_t type, std::initializer_list<hid_t> allowed) {
    return std::any_of(allowed.begin(), allowed.end(), [type](hid_t known) { return H5Tequal(type, known) > 0; });
}

bool is_float(hid_t type) {
    return any_of(type, {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE});
}

bool is_integer(hid_t type) {
    return any_of(type, {H5T_STD_I32LE, H5T_STD_I32BE, H5T_STD_I64LE, H5T_STD_I64BE, H5T_STD_U32LE, H5T_STD_U64LE,
                         H5T_STD_I8LE, H5T_STD_U8LE});
}

bool is_text(hid_t type) {
    return H5Tget_class(type) == H5T_STRING;
}

// A file says how long its strings are; this says how long they may be.
struct StringBudget {
    std::size_t left = kMostStringBytes;
    static void* take(std::size_t bytes, void* budget) {
        auto& left = static_cast<StringBudget*>(budget)->left;
        if (bytes > left) return nullptr;
        left -= bytes;
        return std::malloc(bytes);
    }
    static void give(void* memory, void*) { std::free(memory); }
};

Handle text_memory(StringBudget& budget) {
    Handle list = checked(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "strings");
    check(H5Pset_vlen_mem_manager(list.id(), StringBudget::take, &budget, StringBudget::give, &budget), "strings");
    return list;
}

void check_signature(const std::filesystem::path& path, const std::string& name) {
    std::error_code status;
    if (!std::filesystem::exists(path, status)) throw Failure(FailureKind::kNotFound, "no such file", name);
    if (!std::filesystem::is_regular_file(path, status)) throw broken(name, "is no file");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Failure(FailureKind::kBadFile, "can't be opened for reading", name);
    char start[8] = {};
    if (!file.read(start, sizeof start) || std::memcmp(start, "\x89HDF\r\n\x1a\n", sizeof start) != 0)
        throw broken(name, "is no capture (no HDF5 file)");
}

}  // namespace

Reader::Reader(const std::filesystem::path& path) : name_(path.string()) {
    check_signature(path, name_);
    file_bytes_ = std::filesystem::file_size(path);
    const Handle access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, name_);
    check(H5Pset_file_locking(access.id(), false, true), name_);  // read-only and network file systems
    file_ = checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose, name_);
}

std::string Reader::where(const std::string& path) const {
    return name_ + ": " + path;
}

bool Reader::has(const std::string& path) const {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (part != "/" && H5Lexists(file_.id(), part.c_str(), H5P_DEFAULT) <= 0) return false;
        H5L_info_t info = {};
        if (part != "/" &&
            (H5Lget_info(file_.id(), part.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD))
            throw broken(where(part), "is a link to elsewhere");
        if (slash == std::string::npos) return true;
    }
}

std::vector<std::string> Reader::members(const std::string& group) const {
    if (!has(group)) throw broken(where(group), "is missing");
    const Handle opened = checked(H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT), H5Gclose, where(group));
    H5G_info_t info = {};
    check(H5Gget_info(opened.id(), &info), where(group));
    if (info.nlinks > kMostMembers) throw broken(where(group), "has too many members");
    const Handle creation = checked(H5Gget_create_plist(opened.id()), H5Pclose, where(group));
    unsigned int order = 0;
    check(H5Pget_link_creation_order(creation.id(), &order), where(group));
    const H5_index_t index = (order & H5P_CRT_ORDER_INDEXED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
    std::vector<std::string> names;
    for (hsize_t n = 0; n < info.nlinks; ++n) {
        const ssize_t size = H5Lget_name_by_idx(opened.id(), ".", index, H5_ITER_INC, n, nullptr, 0, H5P_DEFAULT);
        if (size < 0 || size > kMostNameBytes) throw broken(where(group), "its members can't be listed");
        std::string name(static_cast<std::size_t>(size), '\0');
        if (H5Lget_name_by_idx(opened.id(), ".", index, H5_ITER_INC, n, name.data(), name.size() + 1, H5P_DEFAULT) < 0)
            throw broken(where(group), "its members can't be listed");
        names.push_back(std::move(name));
    }
    return names;
}

bool Reader::has_dataset(const std::string& path) const {
    H5O_info_t info = {};
    return has(path) && H5Oget_info_by_name2(file_.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
           info.type == H5O_TYPE_DATASET;
}

Handle Reader::open_dataset(const std::string& path) const {
    if (!has(path)) throw broken(where(path), "is missing");
    H5O_info_t info = {};
    check(H5Oget_info_by_name2(file_.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), where(path));
    if (info.type != H5O_TYPE_DATASET) throw broken(where(path), "is no dataset");
    return checked(H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT), H5Dclose, where(path));
}

Shape Reader::shape(const std::string& path) const {
    const Handle dataset = open_dataset(path);
    const Handle space = checked(H5Dget_space(dataset.id()), H5Sclose, where(path));
    const int rank = H5Sget_simple_extent_ndims(space.id());
    if (rank < 0 || H5Sget_simple_extent_type(space.id()) == H5S_NULL) throw broken(where(path), "has no shape");
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
    Shape out;
    for (const hsize_t size : sizes) {
        if (size > static_cast<hsize_t>(kMostDimension)) throw broken(where(path), "claims an impossible size");
        out.push_back(static_cast<std::int64_t>(size));
    }
    return out;
}

// Shape, layout, filters and size: afterwards allocating `expected` and reading is safe.
Handle Reader::open_checked(const std::string& path, const Shape& expected, std::size_t bytes_each) const {
    if (const Shape found = shape(path); found != expected)
        throw broken(where(path), "has the shape " + print_shape(found) + ", expected " + print_shape(expected));
    std::uint64_t bytes = bytes_each;
    for (const std::int64_t size : expected)
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes))
            throw broken(where(path), "claims an impossible size");
    Handle dataset = open_dataset(path);
    check_storage(dataset.id(), path, bytes);
    return dataset;
}

void Reader::check_storage(hid_t dataset, const std::string& path, std::uint64_t bytes) const {
    const Handle list = checked(H5Dget_create_plist(dataset), H5Pclose, where(path));
    const H5D_layout_t layout = H5Pget_layout(list.id());
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
        throw broken(where(path), "is stored in a way that captures don't use");
    if (H5Pget_external_count(list.id()) != 0) throw broken(where(path), "points to another file");
    for (int n = 0; n < H5Pget_nfilters(list.id()); ++n) {
        unsigned int flags = 0, config = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter =
            H5Pget_filter2(list.id(), static_cast<unsigned int>(n), &flags, &values, nullptr, 0, nullptr, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
            throw broken(where(path), "is compressed in a way that captures don't use");
    }
    if (layout == H5D_CHUNKED) {
        hsize_t chunk[H5S_MAX_RANK] = {};
        const int rank = H5Pget_chunk(list.id(), H5S_MAX_RANK, chunk);
        std::uint64_t chunk_bytes = 8;
        for (int d = 0; d < rank; ++d)
            if (__builtin_mul_overflow(chunk_bytes, chunk[d], &chunk_bytes) || chunk_bytes > kMostChunkBytes)
                throw broken(where(path), "has chunks of an impossible size");
    }
    const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset), file_bytes_);
    if (bytes / kDeflateRatio > stored || (bytes > 0 && stored == 0))
        throw broken(where(path), "claims more values than the file can hold");
    claim(stored, where(path));
}

void Reader::claim(std::uint64_t bytes, const std::string& at) const {
    claimed_bytes_ += bytes;
    if (claimed_bytes_ > file_bytes_) throw broken(at, "shares its bytes with others");
}

namespace {

std::size_t count_of(const Shape& shape) {
    std::size_t count = 1;
    for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
    return count;
}

template <typename Value>
std::vector<Value> read(hid_t dataset, hid_t memory_type, const Shape& shape, const std::string& where) {
    std::vector<Value> out(count_of(shape));
    check(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()), where);
    return out;
}

}  // namespace

std::vector<float> Reader::floats(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, sizeof(float));
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    if (!is_float(type.id())) throw broken(where(path), "holds no float32 numbers");
    return read<float>(dataset.id(), H5T_NATIVE_FLOAT, expected, where(path));
}

std::vector<double> Reader::doubles(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, sizeof(double));
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    if (!is_float(type.id())) throw broken(where(path), "holds no float64 numbers");
    return read<double>(dataset.id(), H5T_NATIVE_DOUBLE, expected, where(path));
}

std::vector<std::int32_t> Reader::ints(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, sizeof(std::int32_t));
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    if (!is_integer(type.id())) throw broken(where(path), "holds no whole numbers");
    return read<std::int32_t>(dataset.id(), H5T_NATIVE_INT32, expected, where(path));
}

std::vector<std::int64_t> Reader::longs(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, sizeof(std::int64_t));
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    if (!is_integer(type.id())) throw broken(where(path), "holds no whole numbers");
    return read<std::int64_t>(dataset.id(), H5T_NATIVE_INT64, expected, where(path));
}

std::vector<std::uint16_t> Reader::halves(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, sizeof(std::uint16_t));
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    const Handle half = float16_type();
    if (H5Tequal(type.id(), half.id()) <= 0) throw broken(where(path), "holds no float16 numbers");
    return read<std::uint16_t>(dataset.id(), half.id(), expected, where(path));
}

std::vector<std::string> Reader::strings(const std::string& path, const Shape& expected) const {
    const Handle dataset = open_checked(path, expected, 1);
    const Handle type = checked(H5Dget_type(dataset.id()), H5Tclose, where(path));
    if (!is_text(type.id()) || H5Tis_variable_str(type.id()) <= 0) throw broken(where(path), "holds no text");
    const Handle memory_type = string_type();
    check(H5Tset_cset(memory_type.id(), H5Tget_cset(type.id())), where(path));
    StringBudget budget;
    const Handle transfer = text_memory(budget);
    std::vector<char*> pointers(count_of(expected), nullptr);
    const herr_t status = H5Dread(dataset.id(), memory_type.id(), H5S_ALL, H5S_ALL, transfer.id(), pointers.data());
    std::vector<std::string> out;
    for (char* pointer : pointers) {
        out.emplace_back(pointer != nullptr && status >= 0 ? pointer : "");
        if (status >= 0) std::free(pointer);
    }
    check(status, where(path));
    return out;
}

Shape Reader::list_shape(const std::string& path) const {
    Shape found = shape(path);
    if (found.size() != 1 || found[0] < 1) throw broken(where(path), "is no list");
    return found;
}

std::vector<std::int32_t> Reader::int_list(const std::string& path) const {
    return ints(path, list_shape(path));
}

std::vector<std::int64_t> Reader::long_list(const std::string& path) const {
    return longs(path, list_shape(path));
}

bool Reader::has_attribute(const std::string& group, const std::string& name) const {
    return has(group) && H5Aexists_by_name(file_.id(), group.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

Handle Reader::open_attribute(const std::string& group, const std::string& name) const {
    const std::string at = where(group + "@" + name);
    if (!has(group)) throw broken(where(group), "is missing");
    if (!has_attribute(group, name)) throw broken(at, "is missing");
    Handle attribute =
        checked(H5Aopen_by_name(file_.id(), group.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, at);
    const Handle space = checked(H5Aget_space(attribute.id()), H5Sclose, at);
    if (H5Sget_simple_extent_npoints(space.id()) != 1) throw broken(at, "is no single value");
    return attribute;
}

std::string Reader::text(const std::string& group, const std::string& name) const {
    const std::string at = where(group + "@" + name);
    const Handle attribute = open_attribute(group, name);
    const Handle type = checked(H5Aget_type(attribute.id()), H5Tclose, at);
    if (!is_text(type.id())) throw broken(at, "is no text");
    if (H5Tis_variable_str(type.id()) > 0) {
        const Handle memory_type = string_type();
        check(H5Tset_cset(memory_type.id(), H5Tget_cset(type.id())), at);
        char* value = nullptr;
        check(H5Aread(attribute.id(), memory_type.id(), &value), at);
        std::string out = value == nullptr ? "" : value;
        H5free_memory(value);
        claim(out.size(), at);
        return out;
    }
    const std::size_t size = H5Tget_size(type.id());
    if (size > file_bytes_) throw broken(at, "claims an impossible size");
    std::string out(size, '\0');
    check(H5Aread(attribute.id(), type.id(), out.data()), at);
    claim(size, at);
    return out.substr(0, out.find('\0'));
}

std::int64_t Reader::integer(const std::string& group, const std::string& name) const {
    const std::string at = where(group + "@" + name);
    const Handle attribute = open_attribute(group, name);
    const Handle type = checked(H5Aget_type(attribute.id()), H5Tclose, at);
    if (!is_integer(type.id())) throw broken(at, "is no whole number");
    std::int64_t value = 0;
    check(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), at);
    return value;
}

double Reader::real(const std::string& group, const std::string& name) const {
    const std::string at = where(group + "@" + name);
    const Handle attribute = open_attribute(group, name);
    const Handle type = checked(H5Aget_type(attribute.id()), H5Tclose, at);
    if (!is_float(type.id())) throw broken(at, "is no number");
    double value = 0;
    check(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), at);
    return value;
}

}  // namespace gatescope::h5
