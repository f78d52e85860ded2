#pragma once
// A capture with everything in it, to be broken.

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "captures/capture.h"
#include "captures/h5.h"
#include "model/core/error.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

class HostileCapture : public testing::Test {
  protected:
    HostileCapture() {
        JobContext job;
        write_capture(synthetic_lab_run(), path_, true, job);
    }

    // The line that reading fails with; "" when it does not.
    std::string refusal() const {
        return refusal([this] { read_capture(path_); });
    }
    static std::string refusal(const std::function<void()>& read) {
        try {
            read();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    }

    // Opens the capture for writing.
    void edit(const std::function<void(hid_t)>& change) const {
        const h5::Library library;
        const h5::Handle file(H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
        ASSERT_TRUE(file);
        change(file.id());
    }

    // Puts a dataset of another type, shape or layout in place of `name`.
    void replace(const char* name, hid_t type, const std::vector<hsize_t>& shape, hid_t list = H5P_DEFAULT) const {
        edit([&](hid_t file) {
            H5Ldelete(file, name, H5P_DEFAULT);
            const h5::Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
            const h5::Handle made(H5Dcreate2(file, name, type, space.id(), H5P_DEFAULT, list, H5P_DEFAULT), H5Dclose);
            ASSERT_TRUE(made);
        });
    }

    // Puts a float64 attribute of `value` in place of `name` of `group`.
    void set_real(const char* group, const char* name, double value) const {
        edit([&](hid_t file) {
            H5Adelete_by_name(file, group, name, H5P_DEFAULT);
            const h5::Handle object(H5Oopen(file, group, H5P_DEFAULT), H5Oclose);
            const h5::Handle space(H5Screate(H5S_SCALAR), H5Sclose);
            const h5::Handle made(H5Acreate2(object.id(), name, H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT),
                                  H5Aclose);
            ASSERT_GE(H5Awrite(made.id(), H5T_NATIVE_DOUBLE, &value), 0);
        });
    }

    // Numbers in place of those of `name`.
    void overwrite(const char* name, hid_t type, const void* values) const {
        edit([&](hid_t file) {
            const h5::Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
            ASSERT_GE(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
        });
    }

    // A text in place of that attribute.
    void set_text(const char* group, const char* name, const char* value) const {
        edit([&](hid_t file) {
            H5Adelete_by_name(file, group, name, H5P_DEFAULT);
            const h5::Handle object(H5Oopen(file, group, H5P_DEFAULT), H5Oclose);
            const h5::Handle type = h5::string_type(), space(H5Screate(H5S_SCALAR), H5Sclose);
            const h5::Handle made(H5Acreate2(object.id(), name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                                  H5Aclose);
            ASSERT_GE(H5Awrite(made.id(), type.id(), &value), 0);
        });
    }

    // Puts an int64 attribute of `value` in place of `name` of `group`.
    void set_integer(const char* group, const char* name, std::int64_t value) const {
        edit([&](hid_t file) {
            H5Adelete_by_name(file, group, name, H5P_DEFAULT);
            const h5::Handle object(H5Oopen(file, group, H5P_DEFAULT), H5Oclose);
            const h5::Handle space(H5Screate(H5S_SCALAR), H5Sclose);
            const h5::Handle made(H5Acreate2(object.id(), name, H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT),
                                  H5Aclose);
            ASSERT_GE(H5Awrite(made.id(), H5T_NATIVE_INT64, &value), 0);
        });
    }

    void remove(const char* name) const {
        edit([&](hid_t file) { ASSERT_GE(H5Ldelete(file, name, H5P_DEFAULT), 0) << name; });
    }
    void remove_attribute(const char* group, const char* name) const {
        edit([&](hid_t file) { ASSERT_GE(H5Adelete_by_name(file, group, name, H5P_DEFAULT), 0) << name; });
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "run.h5";
};

}  // namespace gatescope
