#include "host/plugin/ledger.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "host/core/ids.hpp"

namespace host::plugin {

std::uint64_t Ledger::add(std::string kind, std::string description, std::function<void()> revoke) {
    const std::uint64_t id = core::next_id();
    return book_.with([&](Book& book) -> std::uint64_t {
        if (book.closed) return 0;
        book.records.push_back({{id, std::move(kind), std::move(description)}, std::move(revoke)});
        return id;
    });
}

bool Ledger::revoke(std::uint64_t id) {
    auto record = book_.with([&](Book& book) -> std::optional<Record> {
        const auto found =
            std::find_if(book.records.begin(), book.records.end(), [&](const Record& one) { return one.entry.id == id; });
        if (found == book.records.end()) return std::nullopt;
        Record taken = std::move(*found);
        book.records.erase(found);
        return taken;
    });
    if (record) record->revoke();
    return record.has_value();
}

std::vector<std::string> Ledger::revoke_all() {
    // Taken out first: a revoke may wait for a callback that asks the ledger something.
    std::vector<Record> records = book_.with([](Book& book) {
        book.closed = true;
        return std::exchange(book.records, {});
    });
    std::vector<std::string> failures;
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
        try {
            record->revoke();
        } catch (const std::exception& error) {
            failures.push_back(record->entry.kind + " " + record->entry.description + ": " + error.what());
        }
    }
    return failures;
}

std::vector<Ledger::Entry> Ledger::entries() const {
    return book_.with([](const Book& book) {
        std::vector<Entry> entries;
        for (const Record& record : book.records)
            entries.push_back(record.entry);
        return entries;
    });
}

}  // namespace host::plugin
