#pragma once

#include <string>
#include <vector>

#include "host/plugin/settings.hpp"
#include "host/plugin/verify.hpp"

namespace host::plugin {

// A plugin that does not serve although it should.
struct Failure {
    std::string id;
    OnFailure on_failure;
    std::string reason;  // file or place, what was found, what was expected, what to do
};

// All that was asked for, decided on bytes.
struct Inspection {
    std::vector<Verified> in_order;  // each after what it requires
    std::vector<Failure> failures;
};

// Verifies every plugin wanted and orders them. Never throws core::Error: the failures are collected, so that an
// administrator sees all of them at once.
Inspection inspect(const Settings& settings, const HostOffer& offer, const ManifestReader& read_manifest);

// Of these, the reasons that keep the host from starting, a line each; empty: none does.
std::string reasons_to_refuse(const std::vector<Failure>& failures);

}  // namespace host::plugin
