#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/database.h>

struct pg_result;

namespace host::database {

// A whole result, decoded. Owns the memory that its cells point into; moving it leaves them valid.
class Rows {
  public:
    Rows();
    // Takes the result over.
    explicit Rows(pg_result* result);
    // No rows, only a count: what COPY gives.
    static Rows of_count(std::uint64_t affected);
    ~Rows();
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;

    // As it crosses the border; valid as long as this object.
    const gantry_rows& view() const { return view_; }
    std::size_t size() const { return view_.rows_n; }
    std::uint64_t affected() const { return view_.affected; }
    // Of a statement that reads or changes rows, and nothing of the session or its transaction.
    bool are_of_data() const;
    const gantry_value& cell(std::size_t row, std::size_t column) const;

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    void decode();
    gantry_value decode_cell(int row, int column);

    std::unique_ptr<pg_result, Clear> result_;
    std::vector<gantry_column> columns_;
    std::vector<gantry_value> cells_;
    std::vector<std::string> bytes_;  // decoded bytea cells
    gantry_rows view_;
};

}  // namespace host::database
