#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/database/database.hpp"
#include "host/secrets/envelope.hpp"

namespace host::secrets {

// The table gantry.secret. Every call waits for the server: not for event loops. Throws what the statement failed with.
class Table {
  public:
    // After database.start(). The client must end before the database.
    explicit Table(database::Database& database) : client_(database.client("gantry")) {}

    struct Row {
        Place place;
        Envelope envelope;
        std::string updated_at;  // RFC 3339
    };

    std::optional<Envelope> find(const Place& place);
    // Changes when the value does, not when only its wrapping does; "" if there is none.
    std::string mark(const Place& place);
    void put(const Place& place, const Envelope& envelope);
    bool remove(const Place& place);
    // Without the sealed values.
    std::vector<Row> list();
    // Some rows that another master key than `key_id` wraps, in the order of owner and name, after `after`.
    std::vector<Row> wrapped_otherwise(const std::string& key_id, const Place& after);
    // False: the row has changed meanwhile, which is as good.
    bool replace_wrapping(const Row& row, const Envelope& envelope);
    std::vector<std::string> key_ids();

  private:
    database::Outcome run(const std::string& sql, const std::vector<gantry_value>& parameters, bool repeatable);

    const std::unique_ptr<database::Client> client_;
};

}  // namespace host::secrets
