#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <gantry/database/operation.hpp>
#include <gantry/database/parameters.hpp>

namespace gantry {

// A statement with its parameters, on its way to Rows.
template <typename... Parameters>
class [[nodiscard]] Query : public detail::Operation<Query<Parameters...>, Rows> {
    using Base = detail::Operation<Query<Parameters...>, Rows>;

  public:
    Query(const DatabaseHandle& database, gantry_id transaction, std::string_view sql, const Parameters&... parameters)
        : Base(database), parameters_(parameters...) {
        query_.struct_size = sizeof query_;
        query_.transaction = transaction;
        query_.sql = str(sql);
        query_.params_n = sizeof...(Parameters);
    }

    // May be repeated by the host when the connection breaks: for reads, and for writes that can be made twice. While
    // the plugin has many of them to do, the host may send several at once.
    Query idempotent() && {
        query_.flags |= GANTRY_QUERY_IDEMPOTENT;
        return std::move(*this);
    }
    Query deadline(std::chrono::milliseconds time_max) && {
        query_.deadline_ms = static_cast<std::uint32_t>(time_max.count());
        return std::move(*this);
    }

  private:
    friend Base;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_DATABASE, gantry_database, query);
        // The host copies what it is given: values and texts are needed for this call only.
        std::array<std::string, sizeof...(Parameters)> texts;
        std::array<gantry_value, sizeof...(Parameters)> values{};
        std::apply(
            [&](const Parameters&... parameters) {
                [[maybe_unused]] std::size_t i = 0;
                ((values[i] = detail::to_value(parameters, texts[i]), ++i), ...);
            },
            parameters_);
        query_.params = values.data();
        return this->database().service->query(this->database().context->host, &query_, done, this, nullptr);
    }
    static void done(void* user, gantry_status status, const gantry_rows* rows, const gantry_error* error) noexcept {
        static_cast<Query*>(user)->complete(status, error, [rows] { return rows != nullptr ? Rows(*rows) : Rows(); });
    }

    gantry_query query_{};
    std::tuple<const Parameters&...> parameters_;
};

// Many rows on their way into one table.
class [[nodiscard]] CopyIn : public detail::Operation<CopyIn, std::uint64_t> {
  public:
    CopyIn(const DatabaseHandle& handle, gantry_id transaction, std::string_view table, const CopyRows& rows)
        : Operation(handle), transaction_(transaction), table_(table), rows_(rows) {}

  private:
    friend Operation;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_DATABASE, gantry_database, copy_in);
        std::vector<gantry_str> columns;
        for (const std::string& column : rows_.columns())
            columns.push_back(str(column));
        gantry_copy copy{};
        copy.struct_size = sizeof copy;
        copy.columns_n = static_cast<std::uint32_t>(columns.size());
        copy.transaction = transaction_;
        copy.table = str(table_);
        copy.columns = columns.data();
        copy.cells = rows_.cells().data();
        copy.rows_n = rows_.size();
        return database().service->copy_in(database().context->host, &copy, done, this, nullptr);
    }
    static void done(void* user, gantry_status status, const gantry_rows* rows, const gantry_error* error) noexcept {
        static_cast<CopyIn*>(user)->complete(status, error, [rows] { return rows != nullptr ? rows->affected : 0; });
    }

    gantry_id transaction_;
    std::string_view table_;
    const CopyRows& rows_;
};

}  // namespace gantry
