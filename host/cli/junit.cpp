#include "host/cli/junit.hpp"

#include <cstdio>
#include <fstream>

#include "host/core/error.hpp"

namespace host::cli {

namespace {

// Reasons are printable ASCII already; names are what the plugin gave its routes.
std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += c != '\n' && static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    return safe;
}

std::string seconds(std::chrono::milliseconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", static_cast<double>(time.count()) / 1000);
    return text;
}

std::string lines(const std::vector<std::string>& reasons) {
    std::string text;
    for (const std::string& reason : reasons)
        text += (text.empty() ? "" : "\n") + reason;
    return escaped(text);
}

}  // namespace

void write_junit(const std::string& file, const std::string& plugin, std::uint64_t seed,
                 const std::vector<check::Result>& results) {
    std::size_t failed = 0;
    std::size_t skipped = 0;
    std::chrono::milliseconds total{0};
    for (const check::Result& result : results) {
        failed += result.verdict == check::Verdict::Failed ? 1 : 0;
        skipped += result.verdict == check::Verdict::Skipped ? 1 : 0;
        total += result.duration;
    }
    const std::string counts = " tests=\"" + std::to_string(results.size()) + "\" failures=\"" + std::to_string(failed) +
                               "\" errors=\"0\" skipped=\"" + std::to_string(skipped) + "\" time=\"" + seconds(total) + "\"";
    std::ofstream out(file);
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" << counts << ">\n<testsuite name=\"gantry plugin check "
        << escaped(plugin) << "\"" << counts << ">\n<properties><property name=\"seed\" value=\"" << seed
        << "\"/></properties>\n";
    for (const check::Result& result : results) {
        out << "<testcase classname=\"" << escaped(plugin) << "\" name=\"" << escaped(result.name) << "\" time=\""
            << seconds(result.duration) << "\"";
        if (result.verdict == check::Verdict::Passed) {
            out << "/>\n";
            continue;
        }
        const std::string first = result.reasons.empty() ? "" : escaped(result.reasons.front());
        if (result.verdict == check::Verdict::Skipped)
            out << "><skipped message=\"" << first << "\"/></testcase>\n";
        else
            out << "><failure message=\"" << first << "\">" << lines(result.reasons) << "</failure></testcase>\n";
    }
    out << "</testsuite>\n</testsuites>\n";
    out.close();
    if (!out) throw core::Error(core::Code::Unavailable, "cannot write " + file);
}

}  // namespace host::cli
