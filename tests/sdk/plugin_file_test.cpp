#include <dlfcn.h>
#include <gantry/abi.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::string bytes_of(const char* path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

// The services that the records of the file name.
std::set<std::string> services_of(const std::string& bytes) {
    std::set<std::string> services;
    for (std::size_t at = bytes.find("use=gantry."); at != std::string::npos; at = bytes.find("use=gantry.", at + 1)) {
        services.insert(bytes.substr(at + 4, bytes.find(':', at) - at - 4));
    }
    return services;
}

bool has_text(const std::string& bytes, std::string text) {
    text.push_back('\0');
    return bytes.find(text) != std::string::npos;
}

TEST(PluginFile, SaysWhatItIsBeforeItIsLoaded) {
    const std::string bytes = bytes_of(GANTRY_HELLO_FILE);
    for (const char* fact : {"abi=1.0", "id=hello", "version=1.0.0", "sdk=gantry-sdk-cpp 1.0.0"}) {
        EXPECT_TRUE(has_text(bytes, fact)) << fact;
    }
    EXPECT_NE(bytes.find("id: hello\nversion: 1.0.0\nsummary: "), std::string::npos);
}

TEST(PluginFile, NamesTheServicesItsCodeCalls) {
    const std::set<std::string> hello = {GANTRY_HTTP_SERVER, GANTRY_LOG, GANTRY_SYS};
    std::set<std::string> notes = hello;
    notes.insert({GANTRY_DATABASE, GANTRY_EVENTS, GANTRY_JOBS, GANTRY_METRICS, GANTRY_SECRETS, GANTRY_HTTP_CLIENT,
                  GANTRY_WEBSOCKET, GANTRY_SERVICES});
    EXPECT_EQ(services_of(bytes_of(GANTRY_HELLO_FILE)), hello);
    EXPECT_EQ(services_of(bytes_of(GANTRY_NOTES_FILE)), notes);
}

TEST(PluginFile, AsksForNoMoreOfAServiceThanItCalls) {
    const std::string bytes = bytes_of(GANTRY_NOTES_FILE);
    const std::size_t query_end = offsetof(gantry_database, query) + sizeof(void*);
    EXPECT_TRUE(has_text(bytes, "use=gantry.database/1:" + std::to_string(query_end)));
    // It uses no COPY.
    const std::size_t copy_end = offsetof(gantry_database, copy_in) + sizeof(void*);
    EXPECT_FALSE(has_text(bytes, "use=gantry.database/1:" + std::to_string(copy_end)));
}

TEST(PluginFile, HasAnEntryThatAgreesWithIt) {
    void* library = dlopen(GANTRY_NOTES_FILE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    const auto* entry = static_cast<const gantry_entry*>(dlsym(library, "gantry_plugin_entry"));
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->magic, GANTRY_ENTRY_MAGIC);
    EXPECT_EQ(entry->struct_size, sizeof(gantry_entry));
    EXPECT_STREQ(entry->id, "notes");
    EXPECT_STREQ(entry->version, "1.0.0");
    dlclose(library);
}

TEST(PluginFile, IsReallyUnmapped) {
    // The sanitizers keep libraries mapped, to be able to name what is in them.
    if (sanitized) GTEST_SKIP() << "not under a sanitizer";
    for (const char* path : {GANTRY_HELLO_FILE, GANTRY_NOTES_FILE}) {
        void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        ASSERT_NE(library, nullptr) << dlerror();
        const auto* entry = static_cast<const gantry_entry*>(dlsym(library, "gantry_plugin_entry"));
        // Code of it has run: describe() builds the schema, with all that it allocates and initializes.
        const auto sink = [](void* user, gantry_str json) { *static_cast<std::size_t*>(user) = json.size; };
        std::size_t size = 0;
        EXPECT_EQ(entry->describe(sink, &size), GANTRY_OK);
        EXPECT_GT(size, 0U);
        EXPECT_EQ(dlclose(library), 0);
        EXPECT_EQ(dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD), nullptr) << path << " is still mapped";
    }
}

}  // namespace
