#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "host/app/plugin_file.hpp"
#include "host/cli/command_line.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/junit.hpp"
#include "host/cli/report.hpp"
#include "host/core/error.hpp"

namespace host::cli {

using gantry::Json;

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

Json list_of(const std::vector<std::string>& words) {
    Json list = Json::array();
    for (const std::string& word : words)
        list.push(word);
    return list;
}

Json json_of(const app::FileFacts& facts) {
    Json uses = Json::object();
    for (const auto& [service, size] : facts.uses)
        uses.set(service, size);
    return Json::object({{"file", facts.file},
                         {"size_bytes", facts.size},
                         {"sha256", facts.sha256},
                         {"architecture", facts.architecture},
                         {"build_id", facts.build_id},
                         {"id", facts.id},
                         {"version", facts.version},
                         {"summary", facts.summary},
                         {"abi", facts.abi},
                         {"sdk", facts.sdk},
                         {"uses", uses},
                         {"services", list_of(facts.services)},
                         {"requires", list_of(facts.requires_plugins)},
                         {"libraries", list_of(facts.libraries)},
                         {"manifest", facts.manifest},
                         {"loadable", facts.refusal.empty()},
                         {"refusal", facts.refusal}});
}

void print_facts(const app::FileFacts& facts) {
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) rows.push_back({name, value});
    };
    add("file", facts.file);
    add("size", std::to_string(facts.size) + " bytes");
    add("sha256", facts.sha256);
    add("build id", facts.build_id);
    add("architecture", facts.architecture);
    add("id", facts.id);
    add("version", facts.version);
    add("summary", facts.summary);
    add("ABI", facts.abi);
    add("SDK", facts.sdk);
    for (const auto& [service, size] : facts.uses)
        add("uses", service + ", " + std::to_string(size) + " bytes of its table");
    add("may ask for", joined(facts.services));
    add("requires", joined(facts.requires_plugins));
    add("libraries", joined(facts.libraries));
    add("this host", facts.refusal.empty() ? "loads it" : "refuses it");
    print_table(rows);
}

const char* word_of(check::Verdict verdict) {
    return verdict == check::Verdict::Passed ? "passed" : verdict == check::Verdict::Failed ? "failed" : "skipped";
}

Json json_of(const check::Result& result) {
    return Json::object({{"case", result.name},
                         {"verdict", word_of(result.verdict)},
                         {"reasons", list_of(result.reasons)},
                         {"duration_ms", result.duration.count()}});
}

// To be pasted into a shell: a name has spaces and braces, never a single quote.
std::string reproduction_of(const PluginCheck& wanted, const std::string& name) {
    return "gantry plugin check " + wanted.file + (wanted.config.empty() ? "" : " --config " + wanted.config) + " --seed " +
           std::to_string(wanted.options.seed) + " --rounds " + std::to_string(wanted.options.rounds) + " --case '" + name +
           "'";
}

void print_result(const PluginCheck& wanted, const check::Result& result) {
    if (result.verdict == check::Verdict::Passed) return;
    std::cout << (result.verdict == check::Verdict::Failed ? "FAILED   " : "skipped  ") << result.name << '\n';
    for (const std::string& reason : result.reasons)
        std::cout << "         " << reason << '\n';
    if (result.verdict == check::Verdict::Failed)
        std::cout << "         again: " << reproduction_of(wanted, result.name) << '\n';
    std::cout.flush();
}

std::size_t count(const std::vector<check::Result>& results, check::Verdict verdict) {
    std::size_t number = 0;
    for (const check::Result& result : results)
        number += result.verdict == verdict ? 1 : 0;
    return number;
}

}  // namespace

int plugin_inspect(const std::string& file, Output output) {
    const app::FileFacts facts = app::inspect_file(file);
    if (output == Output::Json)
        print_json("plugin inspect", Json::array({json_of(facts)}));
    else
        print_facts(facts);
    if (facts.refusal.empty()) return Ok;
    std::cout.flush();
    std::cerr << "gantry: " << facts.refusal << '\n';
    return Failed;
}

int plugin_check(const PluginCheck& wanted, Output output) {
    std::vector<check::Result> results;
    app::check_plugin({wanted.file, wanted.config, wanted.options}, [&](const check::Result& result) {
        results.push_back(result);
        if (output == Output::Text) print_result(wanted, result);
    });
    const std::size_t failed = count(results, check::Verdict::Failed);
    const std::size_t skipped = count(results, check::Verdict::Skipped);
    const std::size_t passed = results.size() - failed - skipped;
    if (!wanted.junit.empty())
        write_junit(wanted.junit, std::filesystem::path(wanted.file).stem().string(), wanted.options.seed, results);
    if (output == Output::Json) {
        Json items = Json::array();
        for (const check::Result& result : results)
            items.push(json_of(result));
        print_json("plugin check", std::move(items),
                   {{"file", wanted.file},
                    {"seed", wanted.options.seed},
                    {"passed", passed},
                    {"failed", failed},
                    {"skipped", skipped}});
    } else {
        std::cout << wanted.file << ": " << passed << " passed, " << failed << " failed, " << skipped << " skipped, seed "
                  << wanted.options.seed << '\n';
    }
    return failed == 0 ? Ok : Failed;
}

}  // namespace host::cli
