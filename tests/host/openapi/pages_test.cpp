#include "host/openapi/pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/host/http/served.hpp"

namespace host::openapi {
namespace {

using http::Served;
using support::HttpAnswer;
using testing::HasSubstr;
using testing::Not;

// Pages of a directory that stands in for the packaged one.
class Pages : public testing::Test {
  protected:
    Pages() {
        char name[] = "/tmp/pages-XXXXXX";
        settings_.pages_directory = ::mkdtemp(name);
        for (const char* file : {"docs.html", "redoc.html", "docs.js"})
            std::ofstream(settings_.pages_directory / file) << file;
    }
    ~Pages() override { std::filesystem::remove_all(settings_.pages_directory); }

    HttpAnswer get(const char* target) { return Served(page_routes(settings_, pool_)).client().get(target); }

    Settings settings_;
    core::ThreadPool pool_{"pages", {1, 8}};
};

TEST_F(Pages, AreFilesThatRunOnlyScriptsOfTheHost) {
    for (const char* target : {"/docs", "/redoc", "/docs/ui/docs.js"}) {
        const HttpAnswer answer = get(target);
        EXPECT_EQ(answer.status, 200) << target;
        const std::string policy = answer.field("Content-Security-Policy");
        EXPECT_THAT(policy, HasSubstr("default-src 'self'")) << target;
        EXPECT_THAT(policy, Not(HasSubstr("script-src"))) << target << ": the default goes for scripts";
        EXPECT_EQ(answer.count("Content-Security-Policy"), 1U);
        EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    }
    EXPECT_THAT(get("/docs").field("Content-Security-Policy"), Not(HasSubstr("unsafe")));
    EXPECT_EQ(get("/docs").body, "docs.html");
    EXPECT_EQ(get("/docs/ui/none.js").status, 404);
}

TEST_F(Pages, MayCallTheAddressThatTheDocumentNames) {
    settings_.server_url = "https://api.example.org/v1";
    EXPECT_THAT(get("/docs").field("Content-Security-Policy"), HasSubstr("connect-src 'self' https://api.example.org;"));
}

TEST_F(Pages, SayThatTheirFilesAreNotThere) {
    settings_.pages_directory /= "none";
    const HttpAnswer answer = get("/docs");
    settings_.pages_directory = settings_.pages_directory.parent_path();
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("DOCS_NOT_INSTALLED"));
    EXPECT_THAT(answer.body, Not(HasSubstr("/tmp"))) << "no path is a client's business";
}

TEST_F(Pages, AreNotThereWhenTheAdministratorWantsNone) {
    settings_.pages = false;
    EXPECT_TRUE(page_routes(settings_, pool_).empty());
}

}  // namespace
}  // namespace host::openapi
