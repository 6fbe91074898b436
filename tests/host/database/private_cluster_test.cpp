#include "host/database/private_cluster.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "host/core/error.hpp"
#include "host/database/connection.hpp"
#include "host/database/connection_url.hpp"
#include "host/database/server_binaries.hpp"
#include "host/database/session_url.hpp"
#include "tests/support/postgres.hpp"

using namespace host::database;
using namespace std::chrono_literals;
using host::core::Code;
using host::core::Error;
using host::core::Monotonic;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

Bounds bounds() {
    return {Monotonic::now() + 20s, 1 << 20};
}

std::unique_ptr<Connection> connect(const std::string& url) {
    auto connection = std::make_unique<Connection>(session_url(url, {5s, 30s, 60s}), tests::quiet_logger());
    connection->connect();
    return connection;
}

std::unique_ptr<PrivateCluster> make_cluster(const fs::path& directory) {
    return std::make_unique<PrivateCluster>(PrivateCluster::Settings{directory, {}}, tests::quiet_logger());
}

Error refusal(PrivateCluster& cluster) {
    try {
        cluster.start();
    } catch (const Error& error) {
        return error;
    }
    return {Code::Internal, "it started"};
}

template <typename F>
bool becomes_true(F&& condition) {
    const auto until = Monotonic::now() + 20s;
    while (!condition()) {
        if (Monotonic::now() > until) return false;
        usleep(2'000);
    }
    return true;
}

constexpr const char* make_row = "create schema app; create table app.kept (id int); insert into app.kept values (1)";

std::int64_t count_rows(const std::string& url) {
    return connect(url)->run("select count(*) from app.kept", {}, bounds()).cell(0, 0).as.integer;
}

// A host in a process of its own: starts a cluster, does `work` and then waits to be killed. fork() here would copy a
// test binary with threads and sanitizers, so the binary is run anew, for one hidden test.
pid_t start_other_host(const fs::path& directory) {
    const pid_t child = fork();
    if (child == 0) {
        setenv("GANTRY_TEST_HOST_DIRECTORY", directory.c_str(), 1);
        execl("/proc/self/exe", "database_test", "--gtest_filter=OtherHost.DISABLED_Runs", "--gtest_also_run_disabled_tests",
              nullptr);
        _exit(127);
    }
    return child;
}

bool is_ready(const fs::path& directory) {
    std::error_code absent;
    return fs::exists(directory / "ready", absent) && fs::file_size(directory / "ready", absent) > 0;
}

std::vector<pid_t> processes_in(const fs::path& directory) {
    std::vector<pid_t> found;
    const std::string wanted = (directory / "postgresql/cluster").string();
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::error_code gone;
        if (atoi(entry.path().filename().c_str()) > 0 && fs::read_symlink(entry.path() / "cwd", gone) == wanted) {
            found.push_back(atoi(entry.path().filename().c_str()));
        }
    }
    return found;
}

}  // namespace

// Not a test: the body of start_other_host().
TEST(OtherHost, DISABLED_Runs) {
    const fs::path directory = getenv("GANTRY_TEST_HOST_DIRECTORY");
    const auto cluster = make_cluster(directory);
    cluster->start();
    connect(cluster->url())->command(make_row, bounds());
    // A backend that computes and does not notice that everybody is dead.
    const auto busy = connect(cluster->url());
    std::ofstream(directory / "ready") << cluster->postmaster();
    busy->command("do $$ begin loop end loop; end $$", {Monotonic::now() + 1h, 1 << 20});
}

TEST(PrivateCluster, KeepsItsDataOverARestart) {
    const tests::TemporaryDirectory directory;
    auto cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_TRUE(cluster->state().running);
    connect(cluster->url())->command(make_row, bounds());
    cluster->stop();
    EXPECT_FALSE(fs::exists(directory.path() / "postgresql/cluster/postmaster.pid"));
    cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_EQ(count_rows(cluster->url()), 1);
}

TEST(PrivateCluster, IsPrivate) {
    const tests::TemporaryDirectory directory;
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    const auto connection = connect(cluster->url());
    const Rows rows = connection->run(
        "select current_setting('listen_addresses'), rolsuper, rolinherit, rolcreaterole from pg_roles where rolname = current_user",
        {}, bounds());
    EXPECT_EQ(rows.cell(0, 0).as.text.size, 0U);
    EXPECT_EQ(rows.cell(0, 1).as.integer, 0);
    EXPECT_EQ(rows.cell(0, 2).as.integer, 0);
    EXPECT_EQ(rows.cell(0, 3).as.integer, 1);
    struct stat status {};
    ASSERT_EQ(stat((directory.path() / "postgresql/cluster").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    if (geteuid() == 0) {
        EXPECT_NE(status.st_uid, 0U);
    }
}

TEST(PrivateCluster, InheritsNothingFromTheHost) {
    const tests::TemporaryDirectory directory;
    const int leaked = open("/dev/zero", O_RDONLY);
    setenv("PGOPTIONS", "-c work_mem=1GB", 1);
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    unsetenv("PGOPTIONS");
    const fs::path process = "/proc/" + std::to_string(cluster->postmaster());
    for (const auto& entry : fs::directory_iterator(process / "fd"))
        EXPECT_NE(fs::read_symlink(entry.path()), "/dev/zero");
    close(leaked);
    std::ifstream file(process / "environ");
    const std::string environment((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(environment.find("PGOPTIONS"), std::string::npos);
    EXPECT_EQ(environment.find("ASAN"), std::string::npos);
    EXPECT_EQ(getsid(cluster->postmaster()), cluster->postmaster());
}

TEST(PrivateCluster, RefusesADirectoryThatAnotherHostUses) {
    const tests::TemporaryDirectory directory;
    const auto first = make_cluster(directory.path()), second = make_cluster(directory.path());
    first->start();
    const Error error = refusal(*second);
    EXPECT_EQ(error.code(), Code::Conflict);
    EXPECT_THAT(error.what(),
                HasSubstr("another gantry host (pid " + std::to_string(getpid()) + ") uses the data directory"));
    EXPECT_NO_THROW(connect(first->url()));
}

TEST(PrivateCluster, ClearsAnInterruptedInitdbAway) {
    const tests::TemporaryDirectory directory;
    fs::create_directories(directory.path() / "postgresql/init-1234/base");
    std::ofstream(directory.path() / "postgresql/init-1234/PG_VERSION") << "15";
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_FALSE(fs::exists(directory.path() / "postgresql/init-1234"));
    EXPECT_NO_THROW(connect(cluster->url()));
}

TEST(PrivateCluster, TakesAShortSocketPathWhenItsOwnIsTooLong) {
    const tests::TemporaryDirectory directory;
    const fs::path deep = directory.path() / std::string(60, 'a') / std::string(60, 'b');
    fs::create_directories(deep);
    fs::path socket_directory;
    {
        const auto cluster = make_cluster(deep);
        cluster->start();
        socket_directory = parse_url(cluster->url()).at("host");
        EXPECT_EQ(socket_directory.parent_path(), "/tmp");
        struct stat status {};
        ASSERT_EQ(stat(socket_directory.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0007U, 0U) << "others may not enter";
        EXPECT_NO_THROW(connect(cluster->url()));
    }
    EXPECT_FALSE(fs::exists(socket_directory));
}

TEST(PrivateCluster, IgnoresAStalePidFileWhoeverHasThatPidNow) {
    const tests::TemporaryDirectory directory;
    auto cluster = make_cluster(directory.path());
    cluster->start();
    cluster->stop();
    std::ofstream(directory.path() / "postgresql/cluster/postmaster.pid") << getppid() << "\n/elsewhere\n";
    std::ofstream(directory.path() / "postgresql/run/.s.PGSQL.5432.lock") << getppid() << "\n";
    cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_NO_THROW(connect(cluster->url()));
}

TEST(PrivateCluster, StartsAgainWhenThePostmasterIsKilled) {
    const tests::TemporaryDirectory directory;
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    connect(cluster->url())->command(make_row, bounds());
    const pid_t first = cluster->postmaster();
    for (unsigned round = 1; round <= 2; ++round) {
        kill(cluster->postmaster(), SIGKILL);
        ASSERT_TRUE(becomes_true([&] { return cluster->state().restarts == round; })) << cluster->state().detail;
    }
    EXPECT_NE(cluster->postmaster(), first);
    EXPECT_EQ(count_rows(cluster->url()), 1);
}

TEST(PrivateCluster, StopsWithBusyBackends) {
    const tests::TemporaryDirectory directory;
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    const auto idle = connect(cluster->url());
    idle->command("begin; select 1", bounds());
    const auto begun = Monotonic::now();
    cluster->stop();
    EXPECT_LT(Monotonic::now() - begun, 10s);
    EXPECT_TRUE(processes_in(directory.path()).empty());
}

TEST(PrivateCluster, EndsWithAHostThatIsKilled) {
    const tests::TemporaryDirectory directory;
    const pid_t host = start_other_host(directory.path());
    ASSERT_TRUE(becomes_true([&] { return is_ready(directory.path()); }));
    kill(host, SIGKILL);
    waitpid(host, nullptr, 0);
    EXPECT_TRUE(becomes_true([&] { return processes_in(directory.path()).empty(); })) << "the kernel told the postmaster";
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_EQ(count_rows(cluster->url()), 1);
}

TEST(PrivateCluster, EndsOrphanedBackendsBeforeItStarts) {
    const tests::TemporaryDirectory directory;
    const pid_t host = start_other_host(directory.path());
    ASSERT_TRUE(becomes_true([&] { return is_ready(directory.path()); }));
    pid_t postmaster = 0;
    std::ifstream(directory.path() / "ready") >> postmaster;
    // Both at once, so that nobody tidies up: stopped first, the host cannot start another postmaster.
    kill(host, SIGSTOP);
    kill(postmaster, SIGKILL);
    kill(host, SIGKILL);
    waitpid(host, nullptr, 0);
    const auto cluster = make_cluster(directory.path());
    cluster->start();
    EXPECT_EQ(count_rows(cluster->url()), 1);
    for (const pid_t id : processes_in(directory.path())) {
        const std::string parent = "PPid:\t" + std::to_string(cluster->postmaster());
        std::ifstream file("/proc/" + std::to_string(id) + "/status");
        const std::string status((std::istreambuf_iterator<char>(file)), {});
        EXPECT_TRUE(id == cluster->postmaster() || status.find(parent) != std::string::npos || status.empty()) << status;
    }
}

TEST(PrivateCluster, SaysWhichParentIsClosed) {
    if (geteuid() != 0) GTEST_SKIP() << "only root hands the cluster to another user";
    const tests::TemporaryDirectory directory;
    const fs::path closed = directory.path() / "closed";
    fs::create_directories(closed / "data");
    chmod(closed.c_str(), 0700);
    const auto cluster = make_cluster(closed / "data");
    EXPECT_THAT(refusal(*cluster).what(), HasSubstr("cannot enter " + closed.string() + ":"));
}

TEST(PrivateCluster, ShowsPostgresOwnWordsWhenItCannotStart) {
    const tests::TemporaryDirectory directory;
    auto cluster = make_cluster(directory.path());
    cluster->start();
    cluster->stop();
    std::ofstream(directory.path() / "postgresql/cluster/local.conf") << "shared_buffers = '-3 elephants'\n";
    cluster = make_cluster(directory.path());
    const Error error = refusal(*cluster);
    EXPECT_EQ(error.code(), Code::Unavailable);
    EXPECT_THAT(error.what(), HasSubstr("elephants"));
}

TEST(ServerBinaries, NameThePackageOfTheVersionThatMadeTheCluster) {
    const tests::TemporaryDirectory directory;
    std::ofstream(directory.path() / "PG_VERSION") << "9";
    try {
        find_server_binaries({}, directory.path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("install the package postgresql-9"));
    }
    EXPECT_THROW(find_server_binaries("/usr/bin", directory.path()), Error);
    EXPECT_TRUE(fs::exists(find_server_binaries({}, "/nowhere") / "initdb"));
}
