#include "tests/host/plugin/support.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gantry/abi.h>

#include "host/core/error.hpp"

namespace host::plugin::testing {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "gantry-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path TemporaryDirectory::write(const std::string& name, std::string_view bytes) const {
    const fs::path file = path_ / name;
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
}

fs::path fixture(const std::string& name) {
    return fs::path(GANTRY_FIXTURES) / (name + ".so");
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Wanted wanted(const std::string& id, OnFailure on_failure) {
    return {.id = id, .origin = "gantry.yaml:3:5", .on_failure = on_failure, .sha256 = {}, .version = {}, .file = {}};
}

Settings settings_for(std::vector<Wanted> wanted) {
    Settings settings;
    settings.directories = {GANTRY_FIXTURES};
    settings.wanted = std::move(wanted);
    settings.drain_deadline = std::chrono::milliseconds(2'000);
#ifdef __SANITIZE_THREAD__
    settings.unload = false;
#endif
    return settings;
}

HostOffer offer() {
    return {{GANTRY_LOG, sizeof(gantry_log)},
            {GANTRY_SYS, sizeof(gantry_sys)},
            {GANTRY_CONFIG, sizeof(gantry_config)},
            {GANTRY_HTTP_SERVER, sizeof(gantry_http_server)}};
}

namespace {

std::vector<std::string> list_in(std::string text) {
    std::vector<std::string> items;
    std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == ' '; });
    std::istringstream in(text);
    for (std::string item; std::getline(in, item, ',');)
        items.push_back(item);
    return items;
}

}  // namespace

Manifest read_manifest(std::string_view text, std::string) {
    Manifest manifest;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == line.npos) continue;
        const std::string key = line.substr(0, colon);
        const std::string value = line.substr(colon + 2);
        if (key == "id") manifest.id = value;
        if (key == "version") manifest.version = value;
        if (key == "summary") manifest.summary = value;
        if (key == "requires") manifest.requires_plugins = list_in(value);
        if (key == "services") manifest.services = list_in(value);
    }
    return manifest;
}

Verified verified(const std::string& id) {
    return verify(wanted(id), settings_for({}), offer(), read_manifest);
}

std::string error_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const core::Error& error) {
        return error.what();
    }
    return {};
}

core::Code code_of_error(const std::function<void()>& work) {
    try {
        work();
    } catch (const core::Error& error) {
        return error.code();
    }
    throw std::logic_error("nothing was thrown");
}

namespace {

class FakeHostSide : public HostSide {
  public:
    FakeHostSide(std::string id, FakeHost& owner) : id_(std::move(id)), owner_(owner) {
        host_.struct_size = sizeof host_;
        host_.abi_major = GANTRY_ABI_MAJOR;
        host_.abi_minor = GANTRY_ABI_MINOR;
        host_.impl = this;
        host_.plugin_id = {id_.data(), id_.size()};
        host_.query = [](const gantry_host* host, gantry_str, const void**) -> gantry_status {
            return static_cast<FakeHostSide*>(host->impl)->stopped_ ? GANTRY_E_GONE : GANTRY_E_UNSUPPORTED;
        };
        owner_.trace.push_back(id_ + ": host");
        owner_.ledgers.push_back(&ledger_);
    }
    ~FakeHostSide() override { std::erase(owner_.ledgers, &ledger_); }

    const gantry_host* host() override { return &host_; }
    Ledger& ledger() override { return ledger_; }
    bool silence(std::chrono::steady_clock::time_point) override { return !owner_.call_inside; }
    void stopped() override {
        stopped_ = true;
        owner_.trace.push_back(id_ + ": stopped");
    }

  private:
    std::string id_;
    FakeHost& owner_;
    Ledger ledger_;
    gantry_host host_{};
    bool stopped_ = false;
};

// Settings that hold {"page": 50}.
gantry_config settings_of_fifty() {
    gantry_config config{};
    config.struct_size = sizeof config;
    config.integer = [](const gantry_config*, gantry_str pointer, std::int64_t* out) -> gantry_status {
        if (std::string_view(pointer.data, pointer.size) != "/page") return GANTRY_E_NOT_FOUND;
        *out = 50;
        return GANTRY_OK;
    };
    return config;
}

}  // namespace

FakeHost::FakeHost() {
    Environment environment{
        .offer = offer(),
        .read_manifest = read_manifest,
        .host_side = [this](const Verified& plugin) { return std::make_unique<FakeHostSide>(plugin.info.id, *this); },
        .check_settings =
            [this](const Verified&, const std::string& seen) {
                description = seen;
                if (!settings_problem.empty()) throw core::Error{core::Code::InvalidArgument, settings_problem};
            },
        .with_settings =
            [](const Verified&, const std::string&, const std::function<void(const gantry_config*)>& use) {
                const gantry_config config = settings_of_fifty();
                use(&config);
            },
        .before_start = [this](const Verified& plugin) { trace.push_back(plugin.info.id + ": before start"); },
        .log = log::Logger(log::open_memory({}, lines), "plugin"),
    };
    environment_ = std::make_shared<const Environment>(std::move(environment));
}

std::shared_ptr<Instance> instance_of(const std::string& id, const FakeHost& host, std::chrono::milliseconds start_limit) {
    const Limits limits{start_limit, std::chrono::milliseconds(5'000), settings_for({}).unload};
    return std::make_shared<Instance>(verified(id), host.environment(), limits);
}

void bring_up(Instance& instance) {
    instance.map();
    instance.check();
    instance.create();
    instance.configure();
    instance.start();
    instance.serve();
}

void take_down(Instance& instance) {
    instance.stop();
    instance.destroy();
    instance.unmap();
}

FixturePipe::FixturePipe(const char* variable, Mine mine) : variable_(variable), mine_(mine == Mine::Read ? 0 : 1) {
    if (::pipe(ends_) != 0) throw std::runtime_error("no pipe");
    ::setenv(variable_, std::to_string(ends_[1 - mine_]).c_str(), 1);
}

FixturePipe::~FixturePipe() {
    ::unsetenv(variable_);
    ::close(ends_[0]);
    ::close(ends_[1]);
}

void FixturePipe::release() const {
    if (::write(ends_[1], "x", 1) != 1) throw std::runtime_error("cannot write to the pipe");
}

std::int32_t FixturePipe::answer() const {
    std::int32_t answer = 0;
    if (::read(ends_[0], &answer, sizeof answer) != sizeof answer) throw std::runtime_error("nothing in the pipe");
    return answer;
}

bool is_mapped(const std::string& id) {
    return read_file("/proc/self/maps").find("memfd:gantry:" + id) != std::string::npos;
}

}  // namespace host::plugin::testing
