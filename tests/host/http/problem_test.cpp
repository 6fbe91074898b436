#include "host/http/problem.hpp"

#include <gtest/gtest.h>

#include <gantry/json.hpp>

#include "host/http/context.hpp"
#include "host/http/head_field.hpp"

namespace host::http {
namespace {

using gantry::Json;

Json written(const Problem& problem, std::string_view path = "/notes/7") {
    return Json::parse(to_json(problem, path, "id-1"));
}

TEST(Problem, HasExactlyTheMembersThatClientsRelyOn) {
    const Json json =
        written({.status = 404, .code = "NOTE_NOT_FOUND", .detail = "note 7 does not exist", .details_json = R"({"id":7})"});
    std::string names;
    for (const auto& [name, value] : json.members())
        names += name + " ";
    EXPECT_EQ(names, "type title status detail instance error code message details timestamp request_id ");
    EXPECT_EQ(json.find("type")->as_string(), "about:blank");
    EXPECT_EQ(json.find("title")->as_string(), "Not Found");
    EXPECT_EQ(json.find("status")->as_integer(), 404);
    EXPECT_EQ(json.find("detail")->as_string(), "note 7 does not exist");
    EXPECT_EQ(json.find("message")->as_string(), "note 7 does not exist");
    EXPECT_EQ(json.find("instance")->as_string(), "/notes/7");
    EXPECT_TRUE(json.find("error")->as_bool());
    EXPECT_EQ(json.find("code")->as_string(), "NOTE_NOT_FOUND");
    EXPECT_EQ(json.find("details")->find("id")->as_integer(), 7);
    EXPECT_EQ(json.find("timestamp")->as_string().back(), 'Z');
    EXPECT_EQ(json.find("request_id")->as_string(), "id-1");
}

TEST(Problem, SaysThePhraseWhenItHasNoDetail) {
    EXPECT_EQ(written({.status = 503, .code = "BUSY"}).find("detail")->as_string(), "Service Unavailable");
}

TEST(Problem, StaysJsonWhateverTheClientSent) {
    const std::string path("/\"\\\n\x01\x7f\xff\xc3(\xed\xa0\x80\0x", 15);
    const Json json = written({.status = 404, .code = "NOT_FOUND", .detail = "quote \" and \xf0\x9f"}, path);
    EXPECT_NE(json.find("instance")->as_string().find("\xef\xbf\xbd"), std::string::npos);
    EXPECT_EQ(json.find("instance")->as_string().substr(0, 5), "/\"\\\n\x01");
}

TEST(Problem, TakesNoDetailsButAnObject) {
    for (const char* details : {"", "[1]", "7", "{", "{\"a\":\"\xff\"}", "{} {}", "\"},\"x\":{\""})
        EXPECT_TRUE(written({.status = 400, .code = "X", .details_json = details}).find("details")->members().empty())
            << details;
}

TEST(Problem, OfAnErrorHasItsNameStatusAndText) {
    const Problem problem =
        problem_of(core::Error{core::Code::Conflict, "title is taken", "notes_title_key", "TITLE_TAKEN"});
    EXPECT_EQ(problem.status, 409);
    EXPECT_EQ(problem.code, "TITLE_TAKEN");
    EXPECT_EQ(problem.detail, "title is taken");
    EXPECT_EQ(problem.details_json, "") << "a constraint is no client's business";
    EXPECT_EQ(problem_of(core::Error{core::Code::NotFound, "no"}).code, "NOT_FOUND");
}

TEST(Problem, NamesTheFieldOfAnInvalidArgument) {
    const Problem problem = problem_of(core::Error{core::Code::InvalidArgument, "title is empty", "title \"x\""});
    EXPECT_EQ(Json::parse(problem.details_json).find("field")->as_string(), "title \"x\"");
}

TEST(Problem, HidesTheTextOfADefect) {
    for (core::Code code : {core::Code::Internal, core::Code::Abi}) {
        const Problem problem = problem_of(core::Error{code, "null pointer in /srv/x.cpp", "x.cpp:7", "SECRET_NAME"});
        EXPECT_EQ(problem.status, 500);
        EXPECT_EQ(problem.code, "INTERNAL_ERROR");
        const std::string json = to_json(problem, "/", "id");
        EXPECT_EQ(json.find("x.cpp"), std::string::npos);
        EXPECT_EQ(json.find("SECRET"), std::string::npos);
    }
}

TEST(Problem, HasNoWordsOfTheDatabase) {
    const Problem away = problem_of(
        core::Error(core::Code::Unavailable, "connection to server on socket \"/var/lib/x\" failed", "", "SQLSTATE_08001"));
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(away.code, "DEPENDENCY_UNAVAILABLE");
    EXPECT_EQ(away.detail, "the database cannot be reached");
    const Problem refused = problem_of(
        core::Error(core::Code::Conflict, "duplicate key value violates \"job_pkey\"", "job_pkey", "SQLSTATE_23505"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code, "CONFLICT");
    EXPECT_EQ(refused.detail, "the database refused it");
}

TEST(Problem, AsksToRetryInWholeSecondsRoundedUp) {
    EXPECT_EQ(field_in(head_of({.status = 503, .retry_after_ms = 1}), "retry-after"), "1");
    EXPECT_EQ(field_in(head_of({.status = 503, .retry_after_ms = 1000}), "retry-after"), "1");
    EXPECT_EQ(field_in(head_of({.status = 503, .retry_after_ms = 1001}), "retry-after"), "2");
    EXPECT_EQ(field_in(head_of({.status = 429, .retry_after_ms = 0xffffffff}), "retry-after"), "4294968");
    EXPECT_FALSE(head_of({.status = 503}).has("Retry-After"));
}

TEST(Problem, TellsHowToAuthenticateWith401Only) {
    EXPECT_EQ(field_in(head_of({.status = 401}), "WWW-Authenticate"), "Bearer");
    EXPECT_FALSE(head_of({.status = 403}).has("WWW-Authenticate"));
}

}  // namespace
}  // namespace host::http
