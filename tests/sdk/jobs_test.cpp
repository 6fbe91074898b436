#include "plugin_under_test.hpp"

namespace sdk_test {
namespace {

class Postman {
  public:
    explicit Postman(gantry::Host host) : jobs_(host), database_(host) {
        gantry::JobOptions options;
        options.concurrency = 2;
        jobs_.handle("mail", *this, &Postman::mail, options);
        jobs_.handle("report", *this, &Postman::report);
        jobs_.schedule("nightly", "30 2 * * *", "Europe/Berlin", "report", gantry::CatchUp::Once, "all");
    }
    void routes(gantry::Routes<Postman>& routes) {
        routes.post("/send", &Postman::send);
        routes.post("/cancel", &Postman::cancel);
    }

  private:
    void mail(const gantry::Job& job) const {
        if (job.payload() == "bad") throw gantry::Error(gantry::Status::Invalid, "no such address");
        for (std::uint32_t part = 0; part < 3; ++part) {
            if (!job.progress(part * 333, "part")) throw gantry::Error(gantry::Status::Cancelled, "stopped");
        }
    }
    Task<void> report(const gantry::Job& job) const {
        const std::int64_t year = job.json().find("year")->as_integer();
        const gantry::Rows rows = co_await database_.query("select", year);
        if (job.attempt() > 1) throw std::runtime_error("attempt " + std::to_string(job.attempt()));
    }
    Task<Response> send(const Request& request) const {
        gantry::Transaction transaction = co_await database_.begin();
        const std::string id = co_await jobs_.submit("mail", std::string(request.body()))
                                   .key("daily")
                                   .delay(std::chrono::seconds(5))
                                   .on_behalf_of(request)
                                   .within(transaction);
        co_await transaction.commit();
        co_return gantry::text(id);
    }
    Task<Response> cancel(const Request& request) const {
        co_await jobs_.cancel(request.body());
        co_return gantry::empty();
    }

    gantry::Jobs jobs_;
    gantry::Database database_;
};

}  // namespace

TEST(JobsWrapper, SubmitsWithinATransaction) {
    FakeHost host;
    host.start(entry_of<Postman>());
    EXPECT_EQ(host.send({.method = "POST", .target = "/send", .body = "hello", .principal = R"({"id":"usr_1"})"}).body,
              "job_1");
    const auto submitted = host.jobs().submitted();
    ASSERT_EQ(submitted.size(), 1U);
    EXPECT_EQ(submitted[0].kind, "mail");
    EXPECT_EQ(submitted[0].key, "daily");
    EXPECT_EQ(submitted[0].payload, "hello");
    EXPECT_EQ(submitted[0].delay_ms, 5'000U);
    EXPECT_EQ(submitted[0].principal_id, "usr_1");
    EXPECT_NE(submitted[0].transaction, 0U);
    EXPECT_EQ(host.send({"POST", "/send", {}, "again"}).status, 409) << "the key is taken";
    EXPECT_EQ(host.database().commits(), 1U);
}

TEST(JobsWrapper, RunsBlockingHandlersAndTellsHowTheyFailed) {
    FakeHost host;
    host.start(entry_of<Postman>());
    EXPECT_EQ(host.jobs().run("mail", "good").status, GANTRY_OK);
    EXPECT_EQ(host.jobs().progress().first, 666U);
    const auto bad = host.jobs().run("mail", "bad");
    EXPECT_EQ(bad.status, GANTRY_E_INVALID);
    EXPECT_EQ(bad.message, "no such address");
    host.jobs().ask_to_stop();
    EXPECT_EQ(host.jobs().run("mail", "good").status, GANTRY_E_CANCELLED);
}

TEST(JobsWrapper, RunsCoroutinesToTheirEnd) {
    FakeHost host;
    host.database().expect_affected("select", 1);
    host.database().expect_affected("select", 1);
    host.start(entry_of<Postman>());
    EXPECT_EQ(host.jobs().run("report", R"({"year":2026})").status, GANTRY_OK);
    const auto second = host.jobs().run("report", R"({"year":2026})", 2);
    EXPECT_EQ(second.status, GANTRY_E_INTERNAL);
    EXPECT_EQ(second.message, "attempt 2");
}

TEST(JobsWrapper, DeclaresSchedulesAndCancels) {
    FakeHost host;
    host.start(entry_of<Postman>());
    const auto schedules = host.jobs().schedules();
    ASSERT_EQ(schedules.size(), 1U);
    EXPECT_EQ(schedules[0].cron, "30 2 * * *");
    EXPECT_EQ(schedules[0].catch_up, static_cast<std::uint32_t>(GANTRY_CATCH_UP_ONCE));
    EXPECT_EQ(host.send({"POST", "/cancel", {}, "job_7"}).status, 204);
    EXPECT_EQ(host.jobs().cancelled(), (std::vector<std::string>{"job_7"}));
}

TEST(JobsWrapper, DoesNotStartWhereTheHostRefusesAKind) {
    FakeHost host;
    host.watch().fail_call(1, GANTRY_E_CONFLICT);
    EXPECT_THROW(host.start(entry_of<Postman>()), std::runtime_error);
    FakeHost without;
    without.withhold(GANTRY_JOBS, GANTRY_E_DENIED);
    EXPECT_THROW(without.start(entry_of<Postman>()), std::runtime_error);
}

}  // namespace sdk_test
