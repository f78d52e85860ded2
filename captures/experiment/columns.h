#pragma once
// Tables in a capture: a dataset a column, all along one dimension.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "captures/h5_reader.h"
#include "captures/h5_writer.h"
#include "model/core/error.h"

namespace gatescope {

// Writes column after column of `rows`; there is nothing of an empty table.
template <typename Row>
class ColumnWriter {
  public:
    ColumnWriter(h5::Writer& out, std::string group, std::string dimension, const std::vector<Row>& rows)
        : out_(out), group_(std::move(group)), dimension_(std::move(dimension)), rows_(rows) {
        if (!rows_.empty()) out_.count_scale(group_, dimension_, static_cast<std::int64_t>(rows_.size()));
    }

    template <typename Get>
    void texts(const std::string& name, Get get) {
        if (const auto values = column<std::string>(get); !values.empty())
            out_.strings(group_, name, values, {dimension_});
    }
    template <typename Get>
    void reals(const std::string& name, Get get) {
        if (const auto values = column<double>(get); !values.empty()) out_.doubles(group_, name, values, {dimension_});
    }
    template <typename Get>
    void counts(const std::string& name, Get get) {
        if (const auto values = column<std::int64_t>(get); !values.empty())
            out_.longs(group_, name, values, {dimension_});
    }
    // A list a row, of any length: [row, `across`], NaN behind the last; NAME_count says how many there are.
    template <typename Get>
    void lists(const std::string& name, const std::string& across, Get get) {
        const auto size = [&get](const Row& row) { return static_cast<std::int64_t>(get(row).size()); };
        std::int64_t longest = 0;
        for (const Row& row : rows_) longest = std::max(longest, size(row));
        if (longest == 0) return;
        counts(name + "_count", size);
        out_.count_scale(group_, across, longest);
        std::vector<double> values;
        for (const Row& row : rows_) {
            const std::vector<double>& list = get(row);
            values.insert(values.end(), list.begin(), list.end());
            values.resize(values.size() + static_cast<std::size_t>(longest) - list.size(),
                          std::numeric_limits<double>::quiet_NaN());
        }
        out_.doubles(group_, name, values, {dimension_, across});
    }

  private:
    template <typename Value, typename Get>
    std::vector<Value> column(Get get) const {
        std::vector<Value> out;
        for (const Row& row : rows_) out.push_back(static_cast<Value>(get(row)));
        return out;
    }

    h5::Writer& out_;
    std::string group_, dimension_;
    const std::vector<Row>& rows_;
};

// Reads them into rows that are made here. All throw Failure(kBadFile) naming the dataset.
template <typename Row>
class ColumnReader {
  public:
    // As many rows as `dimension` counts, at most `most`; none where it is missing.
    ColumnReader(const h5::Reader& in, const std::string& group, const std::string& dimension, std::int64_t most)
        : in_(in), group_(group + "/") {
        if (!in_.has(group_ + dimension)) return;
        const h5::Shape shape = in_.shape(group_ + dimension);
        if (shape.size() != 1 || shape[0] > most)
            throw Failure(FailureKind::kBadFile, "is no list of at most " + std::to_string(most),
                          in_.where(group_ + dimension));
        rows.resize(static_cast<std::size_t>(shape[0]));
    }

    template <typename Set>
    void texts(const std::string& name, Set set) {
        if (rows.empty()) return;
        auto values = in_.strings(group_ + name, shape());
        for (std::size_t n = 0; n < rows.size(); ++n) set(rows[n], std::move(values[n]));
    }
    template <typename Set>
    void reals(const std::string& name, Set set) {
        if (rows.empty()) return;
        const auto values = in_.doubles(group_ + name, shape());
        for (std::size_t n = 0; n < rows.size(); ++n) set(rows[n], values[n]);
    }
    template <typename Set>
    void counts(const std::string& name, Set set) {
        if (rows.empty()) return;
        const auto values = in_.longs(group_ + name, shape());
        for (std::size_t n = 0; n < rows.size(); ++n) set(rows[n], values[n]);
    }
    template <typename Set>
    void lists(const std::string& name, Set set) {
        if (rows.empty() || !in_.has(group_ + name)) return;
        const h5::Shape both = in_.shape(group_ + name);
        if (both.size() != 2 || both[0] != shape()[0]) refuse(name, "has no row for each of its table");
        const auto values = in_.doubles(group_ + name, both);
        const auto counted = in_.longs(group_ + name + "_count", shape());
        for (std::size_t n = 0; n < rows.size(); ++n) {
            if (counted[n] < 0 || counted[n] > both[1]) refuse(name + "_count", "counts more than there are");
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(n) * both[1];
            set(rows[n], std::vector<double>(begin, begin + counted[n]));
        }
    }

    std::vector<Row> rows;

  private:
    [[noreturn]] void refuse(const std::string& name, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, in_.where(group_ + name));
    }
    h5::Shape shape() const { return {static_cast<std::int64_t>(rows.size())}; }

    const h5::Reader& in_;
    std::string group_;
};

}  // namespace gatescope
