#include "plugin_under_test.hpp"

#include <mutex>
#include <vector>

namespace sdk_test {
namespace {

using gantry::WebSocket;
using gantry::WebSocketSender;

class Sockets {
  public:
    explicit Sockets(gantry::Host host) : host_(host) {}
    void routes(gantry::Routes<Sockets>& routes) {
        routes.get("/echo", &Sockets::echo);
        routes.get("/greet/{name}", &Sockets::greet);
        routes.get("/fails", &Sockets::fails);
        routes.get("/pours", &Sockets::pours);
        routes.get("/room", &Sockets::room);
    }

  private:
    Task<void> echo(const Request& request) const {
        WebSocket socket(request);
        while (auto message = co_await socket.receive()) {
            if (message->is_text)
                co_await socket.send(message->data);
            else
                co_await socket.send_binary(message->data);
        }
        host_.info("closed with " + std::to_string(socket.close_code()) + socket.close_reason());
    }
    Task<void> greet(const Request& request) const {
        gantry::WebSocketOptions options;
        options.subprotocol = "greeting";
        WebSocket socket(request, options);
        co_await socket.send("hello " + std::string(request.param("name")));
    }
    Task<void> fails(const Request& request) const {
        WebSocket socket(request);
        co_await socket.receive();
        throw std::runtime_error("no more");
    }
    Task<void> pours(const Request& request) const {
        WebSocket socket(request);
        for (int i = 0; i < 1000; ++i)
            co_await socket.send(std::to_string(i));
    }

    // Everybody hears what one says.
    struct Guest : gantry::WebSocketHandler {
        explicit Guest(const Sockets& owner) : owner(owner) {}
        void message(const WebSocketSender& from, std::string_view data, bool) override {
            if (data == "boo") throw std::runtime_error("boo");
            const std::lock_guard lock(owner.mutex_);
            for (const WebSocketSender& guest : owner.guests_)
                guest.send(std::to_string(from.id()) + ": " + std::string(data));
        }
        void closed(const WebSocketSender& who, std::uint16_t code, std::string_view) override {
            const std::lock_guard lock(owner.mutex_);
            std::erase(owner.guests_, who);
            owner.host_.info("left with " + std::to_string(code));
        }
        const Sockets& owner;
    };
    Response room(const Request& request) const {
        const std::lock_guard lock(mutex_);
        guests_.push_back(gantry::accept_websocket(request, std::make_unique<Guest>(*this)));
        return gantry::empty();
    }

    gantry::Host host_;
    mutable std::mutex mutex_;
    mutable std::vector<WebSocketSender> guests_;
};

TEST(WebSocket, ACoroutineEchoesUntilItsClientCloses) {
    for (const Completions how : {Completions::OnAnotherThread, Completions::ByHand}) {
        FakeHost host(how);
        host.start(entry_of<Sockets>());
        const auto socket = host.websocket("/echo");
        for (int i = 0; i < 100; ++i)
            socket.send(std::to_string(i));
        socket.send_binary("\xff");
        for (int i = 0; i < 100; ++i)
            EXPECT_EQ(socket.receive()->data, std::to_string(i));
        const auto binary = socket.receive();
        EXPECT_EQ(binary->data, "\xff");
        EXPECT_FALSE(binary->is_text);
        socket.close(4001, " bye");
        host.stop();
        EXPECT_EQ(host.log().at(0).message, "closed with 4001 bye");
    }
}

TEST(WebSocket, TheEndOfTheCoroutineClosesIt) {
    FakeHost host;
    host.start(entry_of<Sockets>());
    const auto greeting = host.websocket("/greet/Ada");
    EXPECT_EQ(greeting.receive()->data, "hello Ada");
    EXPECT_EQ(greeting.closed_by_plugin(), 1000);
    EXPECT_EQ(greeting.subprotocol(), "greeting");
    const auto failing = host.websocket("/fails");
    failing.send("go");
    EXPECT_EQ(failing.closed_by_plugin(), 1011);
}

TEST(WebSocket, ASenderWaitsForAClientThatReadsSlowly) {
    for (const Completions how : {Completions::OnAnotherThread, Completions::ByHand}) {
        FakeHost host(how);
        host.websockets().high_water(4);
        host.start(entry_of<Sockets>());
        const auto socket = host.websocket("/pours");
        for (int i = 0; i < 1000; ++i)
            ASSERT_EQ(socket.receive()->data, std::to_string(i));
        EXPECT_FALSE(socket.receive());
    }
}

TEST(WebSocket, AnotherRequestIsAnswered426) {
    FakeHost host;
    host.start(entry_of<Sockets>());
    for (const char* path : {"/echo", "/room"}) {
        const auto answer = host.get(path);
        EXPECT_EQ(answer.status, 426) << path;
        EXPECT_EQ(answer.problem().find("code")->as_string(), "UPGRADE_REQUIRED");
    }
}

TEST(WebSocket, AHandlerServesManyAndItsExceptionsCloseOne) {
    FakeHost host;
    host.start(entry_of<Sockets>());
    const auto first = host.websocket("/room"), second = host.websocket("/room");
    first.send("hi");
    EXPECT_EQ(first.receive()->data, "1: hi");
    EXPECT_EQ(second.receive()->data, "1: hi");
    second.send("boo");
    EXPECT_EQ(second.closed_by_plugin(), 1011);
    first.send("alone");
    EXPECT_EQ(first.receive()->data, "1: alone");
}

TEST(WebSocket, TheEndOfTheHostEndsWhoeverWaits) {
    FakeHost host;
    host.start(entry_of<Sockets>());
    host.websocket("/echo");
    host.websocket("/room");
    host.stop();
    std::vector<std::string> said;
    for (const auto& line : host.log())
        said.push_back(line.message);
    std::sort(said.begin(), said.end());
    EXPECT_EQ(said, (std::vector<std::string>{"closed with 1001", "left with 1001"}));
}

}  // namespace
}  // namespace sdk_test
