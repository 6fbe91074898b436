#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace host::limits {

// Whose calls a rule counts. Who calls is known on routes that ask for it; on public ones everybody is anonymous.
enum class Callers { All, Known, Anonymous };
// What gets a window of its own: each caller (its principal, else its address), each address, or all together.
enum class Counts { Caller, Address, Together };
// While the store that counts cannot be reached: reads (GET, HEAD) pass and others do not; all pass; none passes.
enum class WhenAway { Reads, Open, Closed };

// How often the routes that it names may be called.
struct Rule {
    std::string name;
    std::vector<std::string> owners;   // ids of plugins, "host"; empty: all plugins
    std::vector<std::string> methods;  // empty: all
    std::vector<std::string> routes;   // templates, "*" at the end for all that begin so; empty: all
    Callers callers = Callers::All;
    std::uint64_t limit = 100;
    std::chrono::milliseconds window{60'000};
    Counts counts = Counts::Caller;
    bool each_route = false;  // a window for each route instead of one for all that the rule names
    WhenAway when_away = WhenAway::Reads;
};

struct Settings {
    std::vector<Rule> rules;  // all that concern a request count it, in this order
    // Addresses and networks ("10.0.0.0/8", "unix") of proxies, whose X-Forwarded-For tells the client's address.
    std::vector<std::string> trusted_proxies;
};

}  // namespace host::limits
