#include "host/secrets/secrets.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

#include "host/core/error.hpp"
#include "tests/host/database/database_fixture.hpp"
#include "tests/host/secrets/directory.hpp"

namespace host::secrets {
namespace {

using tests::Directory;

// A migrated database, a data directory, and a way to look behind the scenes.
class SecretsTest : public testing::Test {
  protected:
    SecretsTest() {
        database::Migrator(running_.database.access(), tests::quiet_logger()).apply("gantry", GANTRY_MIGRATIONS);
        client_ = running_.database.client("gantry");
        made_ = make();
    }
    ~SecretsTest() override {
        made_.reset();
        client_.reset();
    }

    Settings settings() const {
        return {.directory = directory_.path() / "files",
                .data_directory = directory_.path(),
                .watch_interval = std::chrono::milliseconds(20)};
    }
    // A host's; several work on one table.
    std::unique_ptr<Secrets> make() {
        auto secrets = std::make_unique<Secrets>(settings(), running_.database, tests::quiet_logger());
        secrets->start();
        return secrets;
    }
    Secrets& secrets() { return *made_; }
    void restart() {
        made_.reset();
        made_ = make();
    }
    void sql(const std::string& statement) { ASSERT_EQ(tests::failure(tests::run(*client_, statement)), ""); }
    std::int64_t count(const std::string& condition) {
        return tests::number(tests::run(*client_, "select count(*) from gantry.secret where " + condition));
    }

    static std::string value(Secrets& secrets, const Place& place) {
        const std::optional<SecretBytes> found = secrets.get(place);
        return found ? std::string(found->view()) : "nothing";
    }
    std::string value(const Place& place) { return value(secrets(), place); }
    std::string failure(const Place& place) {
        try {
            (void)secrets().get(place);
        } catch (const core::Error& error) {
            EXPECT_EQ(std::string(error.what()).find("geheim"), std::string::npos);
            return error.name();
        }
        return {};
    }

    const Directory directory_;
    tests::RunningDatabase running_;
    std::unique_ptr<database::Client> client_;
    std::unique_ptr<Secrets> made_;
    const Place place_{"notes", "api_key"};
};

TEST_F(SecretsTest, StoresEncryptedAndGivesBackAlsoAfterARestart) {
    EXPECT_EQ(value(place_), "nothing");
    secrets().put(place_, "geheim");
    EXPECT_EQ(value(place_), "geheim");
    EXPECT_EQ(count("position('geheim'::bytea in sealed) > 0 or position('geheim'::bytea in wrapped_key) > 0"), 0);
    restart();
    EXPECT_EQ(value(place_), "geheim");
    secrets().put(place_, "other");
    EXPECT_EQ(value(place_), "other");
    EXPECT_EQ(secrets().list().size(), 1u);
    EXPECT_TRUE(secrets().remove(place_));
    EXPECT_FALSE(secrets().remove(place_));
    EXPECT_EQ(value(place_), "nothing");
}

TEST_F(SecretsTest, KeepsOwnersApart) {
    secrets().put({"notes", "key"}, "geheim");
    EXPECT_EQ(value({"other", "key"}), "nothing");
    secrets().put({"other", "key"}, "of other");
    EXPECT_EQ(value({"notes", "key"}), "geheim");
}

TEST_F(SecretsTest, DoesNotOpenARowThatWasTamperedWith) {
    secrets().put(place_, "geheim");
    sql("update gantry.secret set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)");
    EXPECT_EQ(failure(place_), "SECRET_DAMAGED");
}

TEST_F(SecretsTest, DoesNotOpenARowThatWasGivenToAnother) {
    secrets().put(place_, "geheim");
    sql("update gantry.secret set owner = 'other'");
    EXPECT_EQ(failure({"other", "api_key"}), "SECRET_DAMAGED");
    sql("update gantry.secret set owner = 'notes', name = 'renamed'");
    EXPECT_EQ(failure({"notes", "renamed"}), "SECRET_DAMAGED");
}

TEST_F(SecretsTest, SaysThatTheMasterKeyIsMissing) {
    secrets().put(place_, "geheim");
    std::filesystem::remove(directory_.path() / "master.key");
    restart();
    EXPECT_EQ(failure(place_), "MASTER_KEY_MISSING");
}

TEST_F(SecretsTest, GoesOnWithTheKeyInMemoryWhenItsFileIsTakenAway) {
    secrets().put(place_, "geheim");
    const std::string file = directory_.read("master.key");
    std::filesystem::remove(directory_.path() / "master.key");
    EXPECT_EQ(value(place_), "geheim");
    secrets().put({"notes", "second"}, "two");
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "master.key")) << "no other key is made in its place";
    EXPECT_THROW(secrets().rotate(), core::Error);
    directory_.write("master.key", file);
    restart();
    EXPECT_EQ(value({"notes", "second"}), "two");
}

TEST_F(SecretsTest, PrefersWhatTheAdministratorGivesAndDoesNotStoreBehindIt) {
    secrets().put(place_, "stored");
    directory_.write("files/notes/api_key", "given\n");
    EXPECT_EQ(value(place_), "given");
    EXPECT_THROW(secrets().put(place_, "hidden"), core::Error);
    directory_.write("files/notes/api_key", "given\n", 0644);
    EXPECT_THROW((void)secrets().get(place_), core::Error) << "a file that others read is not passed over";
}

TEST_F(SecretsTest, LimitsTheSize) {
    secrets().put(place_, std::string(64 * 1024, 'x'));
    EXPECT_EQ(value(place_).size(), 64u * 1024);
    EXPECT_THROW(secrets().put(place_, std::string(64 * 1024 + 1, 'x')), core::Error);
}

TEST_F(SecretsTest, RotatesTheMasterKeyUnderARunningHost) {
    const std::unique_ptr<Secrets> other = make();
    for (int i = 0; i < 250; ++i)
        secrets().put({"notes", "key" + std::to_string(i)}, "value" + std::to_string(i));
    const std::string before = secrets().active_key_id();
    EXPECT_LE(secrets().rotate(), 250u) << "the other host may do a part of it";
    EXPECT_NE(secrets().active_key_id(), before);
    EXPECT_EQ(count("key_id = '" + before + "'"), 0);
    EXPECT_EQ(value(*other, {"notes", "key7"}), "value7") << "another host reads the new key by itself";
    other->put({"notes", "key7"}, "new");
    EXPECT_EQ(value({"notes", "key7"}), "new");
    EXPECT_EQ(count("key_id = '" + before + "'"), 0);
}

TEST_F(SecretsTest, GoesOnWithARotationThatWasInterrupted) {
    secrets().put(place_, "geheim");
    secrets().put({"notes", "second"}, "two");
    // As kill -9 leaves it: the key file has a new key, nothing is wrapped with it yet.
    made_.reset();
    KeyRing ring = KeyRing::load(settings());
    const std::string old_id = ring.active().id;
    ring.rotate({old_id});
    made_ = make();
    EXPECT_EQ(value(place_), "geheim") << "read with the former key";
    secrets().rewrap();
    EXPECT_EQ(count("key_id = '" + old_id + "'"), 0);
    EXPECT_EQ(value(place_), "geheim");
    EXPECT_EQ(value({"notes", "second"}), "two");
}

TEST_F(SecretsTest, RotatesAroundADamagedRow) {
    secrets().put({"notes", "damaged"}, "x");
    secrets().put({"notes", "sound"}, "y");
    sql("update gantry.secret set wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1) where name = 'damaged'");
    secrets().rotate();
    EXPECT_EQ(count("name = 'sound' and key_id = '" + secrets().active_key_id() + "'"), 1);
    EXPECT_EQ(value({"notes", "sound"}), "y");
}

// What a watch has told.
class Heard {
  public:
    Secrets::Changed callback() {
        return [this](const std::string& name) {
            const std::lock_guard lock(mutex_);
            names_.push_back(name);
            changed_.notify_all();
        };
    }
    bool wait(std::size_t times) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return names_.size() >= times; });
    }
    std::size_t times() {
        const std::lock_guard lock(mutex_);
        return names_.size();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> names_;
};

TEST_F(SecretsTest, TellsThoseWhoWatchOfEveryKindOfChange) {
    Heard heard;
    const std::uint64_t watch = secrets().watch(place_, heard.callback());
    secrets().put(place_, "stored");
    ASSERT_TRUE(heard.wait(1));
    const std::unique_ptr<Secrets> other = make();
    other->put(place_, "by another host");
    ASSERT_TRUE(heard.wait(2));
    directory_.write("files/notes/api_key", "given");
    ASSERT_TRUE(heard.wait(3));
    directory_.write("files/notes/api_key", "given anew");
    ASSERT_TRUE(heard.wait(4));
    std::filesystem::remove(directory_.path() / "files/notes/api_key");
    ASSERT_TRUE(heard.wait(5));
    secrets().unwatch(watch);
    secrets().put(place_, "unheard");
    EXPECT_EQ(heard.times(), 5u);
}

TEST_F(SecretsTest, TellsNothingOfARotation) {
    secrets().put(place_, "geheim");
    Heard heard;
    secrets().watch(place_, heard.callback());
    Heard after;
    secrets().watch({"notes", "second"}, after.callback());
    secrets().rotate();
    secrets().put({"notes", "second"}, "x");
    ASSERT_TRUE(after.wait(1));
    EXPECT_EQ(heard.times(), 0u) << "the value is the same";
}

TEST_F(SecretsTest, LetsACallbackReadTheNewValueAndEndItsOwnWatch) {
    std::promise<std::string> read;
    std::uint64_t watch = 0;
    std::promise<void> watching;
    std::shared_future<void> set = watching.get_future().share();
    watch = secrets().watch(place_, [&](const std::string&) {
        set.wait();
        const std::string now = value(place_);
        secrets().unwatch(watch);
        read.set_value(now);
    });
    watching.set_value();
    secrets().put(place_, "new");
    auto future = read.get_future();
    ASSERT_EQ(future.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    EXPECT_EQ(future.get(), "new");
}

}  // namespace
}  // namespace host::secrets
