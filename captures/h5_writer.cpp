#include "captures/h5_writer.h"

#include <hdf5_hl.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "model/core/error.h"

namespace gatescope::h5 {
namespace {

constexpr std::size_t kCompressAbove = 64 * 1024;
constexpr std::size_t kChunkBytes = 1024 * 1024;
constexpr std::size_t kGrowBy = 8 * 1024 * 1024;
constexpr unsigned int kDeflateLevel = 4;

std::string join(const std::string& group, const std::string& name) {
    return group == "/" ? "/" + name : group + "/" + name;
}

// The caller passes values and dimensions that belong together; anything else is a bug of ours.
void require(bool holds, const std::string& path, const std::string& what) {
    if (!holds) throw Failure(FailureKind::kInternal, what, "capture: " + path);
}

std::vector<hsize_t> chunk_shape(const std::vector<hsize_t>& shape, std::size_t bytes_each, std::size_t fixed_dims) {
    std::vector<hsize_t> chunk = shape;
    for (std::size_t d = 0; d < fixed_dims; ++d) chunk[d] = 1;
    if (fixed_dims > 0) return chunk;
    const auto bytes = [&] {
        return std::accumulate(chunk.begin(), chunk.end(), hsize_t{bytes_each}, std::multiplies<>());
    };
    for (std::size_t d = 0; d < chunk.size(); ++d)
        while (bytes() > kChunkBytes && chunk[d] > 1) chunk[d] = (chunk[d] + 1) / 2;
    return chunk;
}

Handle creation_list(const std::vector<hsize_t>& shape, std::size_t bytes_each, std::size_t bytes,
                     std::size_t fixed_dims) {
    Handle list = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "capture");
    if (bytes <= kCompressAbove) return list;
    const std::vector<hsize_t> chunk = chunk_shape(shape, bytes_each, fixed_dims);
    check(H5Pset_chunk(list.id(), static_cast<int>(chunk.size()), chunk.data()), "capture");
    check(H5Pset_shuffle(list.id()), "capture");
    check(H5Pset_deflate(list.id(), kDeflateLevel), "capture");
    return list;
}

// Bounds v110: a scale attached to hundreds of datasets needs its long attribute outside the object header. Links keep
// the order in which they were made, so that gates come back in the user's order.
Handle create(MemoryFile& memory) {
    const Handle access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "capture");
    check(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110), "capture");
    check(H5Pset_fapl_core(access.id(), kGrowBy, 0), "capture");
    memory.use_for(access);
    const Handle creation = checked(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "capture");
    check(H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "capture");
    return checked(H5Fcreate("capture", H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose, "capture");
}

}  // namespace

MemoryFile::~MemoryFile() {
    std::free(data_);
}

// HDF5's own copy of an open file (H5Fget_file_image) has a superblock whose checksum is wrong; so we keep the memory
// that it frees on closing.
void MemoryFile::use_for(const Handle& access) {
    H5FD_file_image_callbacks_t calls = {};
    calls.image_malloc = [](std::size_t size, H5FD_file_image_op_t, void* self) {
        static_cast<MemoryFile*>(self)->size_ = size;
        return std::malloc(size);
    };
    calls.image_memcpy = [](void* to, const void* from, std::size_t size, H5FD_file_image_op_t, void*) {
        return std::memcpy(to, from, size);
    };
    calls.image_realloc = [](void* old, std::size_t size, H5FD_file_image_op_t, void* self) {
        static_cast<MemoryFile*>(self)->size_ = size;
        return std::realloc(old, size);
    };
    calls.image_free = [](void* data, H5FD_file_image_op_t when, void* self) -> herr_t {
        if (when == H5FD_FILE_IMAGE_OP_FILE_CLOSE)
            static_cast<MemoryFile*>(self)->data_ = data;
        else
            std::free(data);
        return 0;
    };
    calls.udata_copy = [](void* self) { return self; };
    calls.udata_free = [](void*) -> herr_t { return 0; };
    calls.udata = this;
    check(H5Pset_file_image_callbacks(access.id(), &calls), "capture");
}

// The memory grows in steps; the superblock (version 2 and 3) says where the file ends.
std::span<const std::byte> MemoryFile::bytes() const {
    constexpr std::size_t kEndOfFile = 28;
    std::uint64_t end = 0;
    require(data_ != nullptr && size_ > kEndOfFile + sizeof end, "/", "HDF5 kept no file");
    std::memcpy(&end, static_cast<const std::byte*>(data_) + kEndOfFile, sizeof end);
    require(end <= size_, "/", "HDF5 kept a part of the file");
    return {static_cast<const std::byte*>(data_), end};
}

Writer::Writer() : file_(create(memory_)) {}

void Writer::group(const std::string& path) {
    const Handle creation = checked(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, path);
    check(H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), path);
    checked(H5Gcreate2(file_.id(), path.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Gclose, path);
}

void Writer::scale(const std::string& group, const std::string& name, std::span<const std::int32_t> values) {
    put_scale(group, name, {values.data(), values.size(), sizeof(std::int32_t), H5T_NATIVE_INT32, H5T_STD_I32LE});
}

void Writer::scale(const std::string& group, const std::string& name, std::span<const std::int64_t> values) {
    put_scale(group, name, {values.data(), values.size(), sizeof(std::int64_t), H5T_NATIVE_INT64, H5T_STD_I64LE});
}

void Writer::put_scale(const std::string& group, const std::string& name, const Values& values) {
    const std::string path = join(group, name);
    put(group, name, values, {}, 0);
    const Handle dataset = checked(H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT), H5Dclose, path);
    check(H5DSset_scale(dataset.id(), name.c_str()), path);
    scales_[path] = static_cast<std::int64_t>(values.count);
}

void Writer::count_scale(const std::string& group, const std::string& name, std::int64_t size) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(size));
    std::iota(values.begin(), values.end(), 0);
    scale(group, name, values);
}

void Writer::floats(const std::string& group, const std::string& name, std::span<const float> values,
                    const std::vector<std::string>& dims) {
    put(group, name, {values.data(), values.size(), sizeof(float), H5T_NATIVE_FLOAT, H5T_IEEE_F32LE}, dims, 0);
}

void Writer::doubles(const std::string& group, const std::string& name, std::span<const double> values,
                     const std::vector<std::string>& dims) {
    put(group, name, {values.data(), values.size(), sizeof(double), H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE}, dims, 0);
}

void Writer::ints(const std::string& group, const std::string& name, std::span<const std::int32_t> values,
                  const std::vector<std::string>& dims, std::size_t fixed_dims) {
    put(group, name, {values.data(), values.size(), sizeof(std::int32_t), H5T_NATIVE_INT32, H5T_STD_I32LE}, dims,
        fixed_dims);
}

void Writer::longs(const std::string& group, const std::string& name, std::span<const std::int64_t> values,
                   const std::vector<std::string>& dims) {
    put(group, name, {values.data(), values.size(), sizeof(std::int64_t), H5T_NATIVE_INT64, H5T_STD_I64LE}, dims, 0);
}

void Writer::halves(const std::string& group, const std::string& name, std::span<const std::uint16_t> bits,
                    const std::vector<std::string>& dims, std::size_t fixed_dims) {
    const Handle type = float16_type();
    put(group, name, {bits.data(), bits.size(), sizeof(std::uint16_t), type.id(), type.id()}, dims, fixed_dims);
}

void Writer::strings(const std::string& group, const std::string& name, const std::vector<std::string>& values,
                     const std::vector<std::string>& dims) {
    std::vector<const char*> pointers;
    for (const std::string& value : values) pointers.push_back(value.c_str());
    const Handle type = string_type();
    put(group, name, {pointers.data(), pointers.size(), 0, type.id(), type.id()}, dims, 0);
}

// `dims` empty: a scale itself, one dimension, named later.
void Writer::put(const std::string& group, const std::string& name, const Values& values,
                 const std::vector<std::string>& dims, std::size_t fixed_dims) {
    const std::string path = join(group, name);
    std::vector<hsize_t> shape;
    std::vector<std::string> scales;
    for (const std::string& dim : dims) {
        scales.push_back(find_scale(group, dim));
        shape.push_back(static_cast<hsize_t>(scales_.at(scales.back())));
    }
    if (dims.empty()) shape.push_back(values.count);
    const hsize_t expected = std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies<>());
    require(expected == values.count && values.count > 0, path, "as many values as its dimensions say are needed");

    const Handle space =
        checked(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose, path);
    const Handle list = creation_list(shape, values.bytes_each, values.count * values.bytes_each, fixed_dims);
    const Handle dataset =
        checked(H5Dcreate2(file_.id(), path.c_str(), values.file_type, space.id(), H5P_DEFAULT, list.id(), H5P_DEFAULT),
                H5Dclose, path);
    check(H5Dwrite(dataset.id(), values.memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data), path);
    attach(dataset.id(), path, scales);
}

void Writer::attach(hid_t dataset, const std::string& path, const std::vector<std::string>& scales) {
    for (std::size_t d = 0; d < scales.size(); ++d) {
        if (scales[d] == path) continue;  // a scale is not attached to itself
        const Handle scale = checked(H5Dopen2(file_.id(), scales[d].c_str(), H5P_DEFAULT), H5Dclose, scales[d]);
        check(H5DSattach_scale(dataset, scale.id(), static_cast<unsigned int>(d)), path);
    }
}

std::int64_t Writer::scale_size(const std::string& group, const std::string& name) const {
    return scales_.at(find_scale(group, name));
}

// The nearest scale called `name` in the group or its parents.
std::string Writer::find_scale(const std::string& group, const std::string& name) const {
    for (std::string at = group;;) {
        if (const std::string path = join(at, name); scales_.contains(path)) return path;
        require(at != "/", group, "no dimension " + name);
        const std::size_t slash = at.rfind('/');
        at = slash == 0 ? "/" : at.substr(0, slash);
    }
}

void Writer::scalar(const std::string& group, const std::string& name, hid_t file_type, hid_t memory_type,
                    const void* value) {
    const std::string where = group + "@" + name;
    const Handle object = checked(H5Oopen(file_.id(), group.c_str(), H5P_DEFAULT), H5Oclose, where);
    const Handle space = checked(H5Screate(H5S_SCALAR), H5Sclose, where);
    const Handle made = checked(H5Acreate2(object.id(), name.c_str(), file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT),
                                H5Aclose, where);
    check(H5Awrite(made.id(), memory_type, value), where);
}

void Writer::attribute(const std::string& group, const std::string& name, const std::string& value) {
    const Handle type = string_type();
    const char* pointer = value.c_str();
    scalar(group, name, type.id(), type.id(), &pointer);
}

void Writer::attribute(const std::string& group, const std::string& name, std::int64_t value) {
    scalar(group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Writer::attribute(const std::string& group, const std::string& name, double value) {
    scalar(group, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

std::span<const std::byte> Writer::finish() {
    check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "capture");
    file_ = Handle();
    return memory_.bytes();
}

}  // namespace gatescope::h5
