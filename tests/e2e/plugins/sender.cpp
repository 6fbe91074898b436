// Sends what it makes up as it goes to another server, piece by piece.
#include <gantry/plugin.hpp>

#include <string>

namespace {

using gantry::Request;
using gantry::Response;
using gantry::Task;

class Sender {
  public:
    explicit Sender(gantry::Host host) : http_(host) {}
    void routes(gantry::Routes<Sender>& routes) { routes.post("/sender/{pieces}", &Sender::send); }

  private:
    // Pieces of 64 KiB, the first all "a", the next all "b", and so on.
    Task<Response> send(const Request& request) const {
        gantry::HttpRequest wanted("PUT", std::string(request.header("x-url").value_or("")));
        gantry::HttpUpload upload = http_.upload(wanted);
        const int pieces = std::stoi(std::string(request.param("pieces")));
        int taken = 0;
        while (taken < pieces) {
            if (!co_await upload.write(std::string(64 * 1024, static_cast<char>('a' + taken % 26)))) break;
            ++taken;
        }
        const gantry::HttpAnswer answer = co_await upload.finish();
        co_return gantry::json(gantry::Json::object({{"status", static_cast<std::int64_t>(answer.status())},
                                                     {"answer", answer.body()},
                                                     {"taken", static_cast<std::int64_t>(taken)}}));
    }

    gantry::HttpClient http_;
};

}  // namespace

GANTRY_PLUGIN(Sender, "sender", "1.0.0")
