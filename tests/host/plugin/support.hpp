#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gantry/abi/config.h>

#include "host/plugin/environment.hpp"
#include "host/plugin/generation.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/settings.hpp"
#include "host/plugin/verify.hpp"

// What the tests of this room share: the fault plugins of tests/fixtures, a directory of one's own, a small host.
namespace host::plugin::testing {

// A directory that is gone at the end.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path write(const std::string& name, std::string_view bytes) const;

  private:
    std::filesystem::path path_;
};

// <fixtures>/<name>.so
std::filesystem::path fixture(const std::string& name);
std::string read_file(const std::filesystem::path& file);

Wanted wanted(const std::string& id, OnFailure on_failure = OnFailure::Required);
// These plugins from the directory of fixtures, in this order. Unloads, except under TSan, which takes an address that is
// used again after dlclose for a race.
Settings settings_for(std::vector<Wanted> wanted);
// log, sys, config, http.server as this ABI has them.
HostOffer offer();
// The few lines of YAML that the fixtures use: "key: value", "key: [a, b]".
Manifest read_manifest(std::string_view text, std::string source);
Verified verified(const std::string& id);

// What the code under test throws, as text; "" if nothing.
std::string error_of(const std::function<void()>& work);
core::Code code_of_error(const std::function<void()>& work);

// A host whose instances leave a trace: "ok: host", "ok: stopped". Every host side gives out the service gantry.log/1 until
// it is stopped.
struct FakeHost {
    std::shared_ptr<const Environment> environment() const { return environment_; }

    FakeHost();

    std::string lines;               // the log
    std::vector<std::string> trace;  // in order
    std::vector<Ledger*> ledgers;    // of the living host sides, in order of birth
    std::string settings_problem;    // what check_settings throws, if not empty
    std::string description;         // what check_settings saw last
    bool call_inside = false;        // a call into a plugin does not return: silence() waits in vain

  private:
    std::shared_ptr<const Environment> environment_;
};

std::shared_ptr<Instance> instance_of(const std::string& id, const FakeHost& host,
                                      std::chrono::milliseconds start_limit = std::chrono::milliseconds(10'000));
// map() to serve().
void bring_up(Instance& instance);
void take_down(Instance& instance);

// A pipe whose end the fixtures wait for, or write to, as a number in an environment variable.
class FixturePipe {
  public:
    // `mine`: which end stays with the test.
    enum class Mine { Read, Write };
    FixturePipe(const char* variable, Mine mine);
    ~FixturePipe();
    FixturePipe(const FixturePipe&) = delete;
    FixturePipe& operator=(const FixturePipe&) = delete;

    void release() const;         // Mine::Write: lets the fixture go on
    std::int32_t answer() const;  // Mine::Read: what the fixture wrote

  private:
    const char* variable_;
    int ends_[2];
    int mine_;
};

// Is code of this plugin mapped into the process?
bool is_mapped(const std::string& id);

}  // namespace host::plugin::testing
