// GET requests of one URL, 500 at once, by the host's client or by bare libcurl multi. Prints CPU microseconds a request
// and requests a second. usage: outbound_bench gantry|curl <http://127.0.0.1:port/path> [requests]
#include <curl/curl.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "host/http_client/client.hpp"
#include "tests/bench/window.hpp"

namespace {

constexpr int at_once = 500;

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::atomic<int> failures = 0;

void by_the_host(const std::string& url, int count) {
    using namespace host;
    const log::Logger logger(log::open_stderr({.level = log::Level::Warn, .format = log::Format::Text, .levels = {}}),
                             "bench");
    http_client::Settings settings;
    settings.connections_per_host_max = at_once;
    http_client::Client client(settings, logger);
    client.start();
    const auto caller = client.caller("bench", http_client::Egress("bench", {}, {"127.0.0.1:*"}));
    bench::Window window(at_once);
    std::atomic<int> left = count;
    // As below, each that ends begins the next: nothing is spent on waking another thread.
    std::function<void()> begin = [&] {
        if (--left < 0) return window.leave();
        http_client::Call call;
        call.url = url;
        http_client::Events events;
        events.head = [](const http_client::AnswerHead& head) { failures += head.status != 200; };
        events.data = [](std::string_view) { return http_client::Flow::More; };
        events.done = [&](const std::optional<core::Error>& error) {
            failures += error.has_value();
            begin();
        };
        std::uint64_t id = 0;
        caller->send(std::move(call), std::move(events), &id);
    };
    for (int i = 0; i < at_once; ++i) {
        window.enter();
        begin();
    }
    window.wait_empty();
}

void by_curl(const std::string& url, int count) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(at_once));
    int begun = 0, done = 0;
    const auto begin = [&](CURL* easy) {
        ++begun;
        curl_multi_add_handle(multi, easy);
    };
    for (int i = 0; i < at_once && begun < count; ++i) {
        CURL* easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
        curl_easy_setopt(
            easy, CURLOPT_WRITEFUNCTION, +[](char*, size_t size, size_t n, void*) { return size * n; });
        begin(easy);
    }
    while (done < count) {
        int running = 0, left = 0;
        curl_multi_perform(multi, &running);
        while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
            CURL* easy = message->easy_handle;
            failures += message->data.result != CURLE_OK;
            curl_multi_remove_handle(multi, easy);
            ++done;
            if (begun < count)
                begin(easy);
            else
                curl_easy_cleanup(easy);
        }
        if (done < count) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    curl_multi_cleanup(multi);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("usage: outbound_bench gantry|curl <url> [requests]\n", stderr), 2;
    const int count = argc > 3 ? std::atoi(argv[3]) : 50'000;
    const auto begun = std::chrono::steady_clock::now();
    (std::strcmp(argv[1], "curl") == 0 ? by_curl : by_the_host)(argv[2], count);
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::printf("%.2f %.0f\n", 1e6 * cpu_seconds() / count, count / took);
    return failures == 0 ? 0 : 1;
}
