#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "host/http/answer_framing.hpp"
#include "host/http/refusals.hpp"
#include "host/http/request_reader.hpp"
#include "host/http/syntax.hpp"

namespace {

using namespace host::http;

// What a reader makes of a connection's bytes, in words that can be compared.
std::string outcome_of(std::string_view bytes, std::size_t cut, const Settings& limits = {}) {
    RequestReader reader(limits);
    std::string pending, outcome;
    for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
        pending.append(piece);
        std::string_view input = pending;
        for (bool more = true; more && !input.empty();) {
            switch (reader.read(input)) {
                case RequestReader::State::NeedMore:
                    more = false;
                    break;
                case RequestReader::State::NeedLimit:
                    reader.allow_body(64);
                    break;
                case RequestReader::State::Refused:
                    return outcome + "refused " + std::string(reader.refusal().code);
                case RequestReader::State::Whole:
                    outcome += std::string(reader.request().method) + " " + std::string(reader.request().target);
                    for (const Field& field : reader.request().fields) {
                        outcome += " " + std::string(field.name) + "=" + std::string(field.value);
                    }
                    outcome += " [" + std::string(reader.request().body) + "]\n";
                    reader.next();
                    break;
            }
        }
        pending = std::string(input);
    }
    return outcome;
}

TEST(RequestReader, UnderstandsTheSameHoweverTheBytesAreCut) {
    const std::string_view streams[] = {
        "\r\nGET /a?b HTTP/1.1\r\nHost: h\r\nX:  y \r\n\r\nPOST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /d HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"a;\\\"b\"\r\nabc\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd",
        "GET / HTTP/1.1\r\nHost: h\r\nA\n",
        "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (const std::string_view bytes : streams) {
        const std::string whole = outcome_of(bytes, bytes.size());
        for (std::size_t cut = 0; cut < bytes.size(); ++cut)
            ASSERT_EQ(outcome_of(bytes, cut), whole) << bytes << cut;
    }
}

TEST(RequestReader, LimitsDoNotDependOnHowTheBytesAreCut) {
    Settings limits;
    limits.head_bytes_max = 200;
    limits.line_bytes_max = 20;
    limits.headers_max = 3;
    const std::string streams[] = {
        "GET /" + std::string(19, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /" + std::string(20, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /" + std::string(99, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(168, 'x') + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(169, 'x') + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nA: 1\r\nA: 1\r\n\r\n",
    };
    const std::string_view wanted[] = {"GET /aaa", "refused TARGET_TOO_LONG", "refused TARGET_TOO_LONG",
                                       "GET / Ho", "refused HEAD_TOO_LARGE",  "refused TOO_MANY_HEADERS"};
    for (std::size_t i = 0; i < std::size(streams); ++i) {
        for (std::size_t cut = 0; cut <= streams[i].size(); ++cut) {
            ASSERT_EQ(outcome_of(streams[i], cut, limits).substr(0, wanted[i].size()), wanted[i]) << i << " cut at " << cut;
        }
    }
}

TEST(RequestReader, AWholeRequestIsViewsOfTheBytesHandedIn) {
    const Settings limits;
    RequestReader reader(limits);
    const std::string bytes = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";
    std::string_view input = bytes;
    ASSERT_EQ(reader.read(input), RequestReader::State::NeedLimit);
    reader.allow_body(2);
    ASSERT_EQ(reader.read(input), RequestReader::State::Whole);
    EXPECT_EQ(reader.request().path.data(), bytes.data() + 5);
    EXPECT_EQ(reader.request().body.data(), bytes.data() + bytes.size() - 2);
}

TEST(Syntax, FindsListElementsAndOnlyWholeOnes) {
    EXPECT_TRUE(list_has("a, Close ,b", "close"));
    EXPECT_FALSE(list_has("closed, xclose", "close"));
    EXPECT_FALSE(list_has("", "close"));
}

TEST(Syntax, SeesAControlCharacterAtEveryPlaceOfAValue) {
    for (std::size_t size = 1; size < 40; ++size) {
        std::string value(size, '\xe4');
        EXPECT_TRUE(is_field_value(value));
        for (std::size_t i = 0; i < size; ++i) {
            for (const char bad : {'\0', '\n', '\r', '\x1f', '\x7f'}) {
                value[i] = bad;
                EXPECT_FALSE(is_field_value(value)) << size << " " << i;
            }
            value[i] = '\t';
            EXPECT_TRUE(is_field_value(value));
            value[i] = '\x80';
        }
    }
}

TEST(Head, RefusesWhatWouldBreakTheMessage) {
    using host::core::Error;
    Head head(200);
    EXPECT_THROW(head.add("X\r\nY", "1"), Error);
    EXPECT_THROW(head.add("", "1"), Error);
    EXPECT_THROW(head.add("X Y", "1"), Error);
    EXPECT_THROW(head.add("X", "1\r\nSet-Cookie: a=b"), Error);
    EXPECT_THROW(head.add("X", std::string_view("\0", 1)), Error);
    EXPECT_THROW(head.add("content-length", "1"), Error);
    EXPECT_THROW(head.add("Connection", "close"), Error);
    EXPECT_THROW(head.add("Transfer-Encoding", "chunked"), Error);
    EXPECT_EQ(head.lines(), "");
    head.add("X-One", " 1 ").add_raw("Y: a: b\r\nZ: 3\r\n");
    EXPECT_EQ(head.lines(), "X-One: 1\r\nY: a: b\r\nZ: 3\r\n");
    EXPECT_TRUE(head.has("x-one") && head.has("y") && head.has("Z"));
    EXPECT_FALSE(head.has("a") || head.has("X"));
}

TEST(KeptRequest, OwnsEverythingAndKeepsThePathAPartOfTheTarget) {
    std::unique_ptr<KeptRequest> kept;
    {
        std::string target = "/p?q", name = "Name", value = "value", body = "body";
        Request request;
        request.method = "GET";
        request.target = target;
        request.path = std::string_view(target).substr(0, 2);
        request.query = std::string_view(target).substr(3);
        request.fields = {{name, value}};
        request.body = body;
        kept = std::make_unique<KeptRequest>(request);
        target = name = value = body = "????";
    }
    EXPECT_EQ(kept->view().target, "/p?q");
    EXPECT_EQ(kept->view().path, "/p");
    EXPECT_EQ(kept->view().path.data(), kept->view().target.data());
    EXPECT_EQ(kept->view().query, "q");
    EXPECT_EQ(kept->view().body, "body");
    EXPECT_EQ(kept->view().find("NAME")->value, "value");
}

TEST(Bytes, ReleasesASliceExactlyOnceUnlessDisowned) {
    int released = 0;
    const auto release = [](void* context, const void*, std::size_t) { ++*static_cast<int*>(context); };
    const gantry_slice slice{"abc", 3, release, &released};
    {
        Bytes first(slice);
        Bytes second(std::move(first));
        Bytes third;
        third = std::move(second);
        EXPECT_EQ(third.view(), "abc");
        EXPECT_EQ(released, 0);
    }
    EXPECT_EQ(released, 1);
    Bytes(slice).disown();
    EXPECT_EQ(released, 1);
}

TEST(AnswerFraming, WritesAHead) {
    std::string out;
    append_head(out, Head(404).add("X", "1"), {BodyFraming::Sized, 12, false, 1});
    EXPECT_EQ(out.substr(0, 30), "HTTP/1.1 404 Not Found\r\nDate: ");
    EXPECT_EQ(out.substr(out.find("X: ")), "X: 1\r\nContent-Length: 12\r\nConnection: close\r\n\r\n");
    out.clear();
    append_chunk_size(out, 0x1ab);
    EXPECT_EQ(out, "1ab\r\n");
}

}  // namespace
