#include <gantry/plugin.hpp>

#include "handlers.hpp"
#include "json.hpp"
#include "settings.hpp"
#include "store.hpp"

namespace notes {

class Plugin {
  public:
    using Config = Settings;

    Plugin(gantry::Host host, const Settings& settings) : handlers_(Store(host), settings) {}

    void routes(gantry::Routes<Plugin>& routes) {
        auto notes = routes.with(handlers_);
        notes.post("/notes", &Handlers::create)
            .operation("create_note")
            .summary("Write a note")
            .body_max(request_bytes_max)
            .request_schema(draft_schema())
            .response_schema(note_schema());
        notes.get("/notes", &Handlers::list).operation("list_notes").summary("The newest notes, page by page");
        notes.get("/notes/search", &Handlers::search)
            .operation("search_notes")
            .summary("Notes that match words, best first");
        notes.get("/notes/export", &Handlers::export_all)
            .operation("export_notes")
            .summary("All notes as server-sent events");
        notes.get("/notes/{id}", &Handlers::show).operation("show_note").summary("One note").response_schema(note_schema());
        notes.put("/notes/{id}", &Handlers::replace)
            .operation("replace_note")
            .summary("Write a note anew")
            .body_max(request_bytes_max)
            .request_schema(draft_schema())
            .response_schema(note_schema());
        notes.patch("/notes/{id}", &Handlers::change)
            .operation("change_note")
            .summary("Change fields of a note")
            .body_max(request_bytes_max)
            .request_schema(change_schema())
            .response_schema(note_schema());
        notes.del("/notes/{id}", &Handlers::remove).operation("remove_note").summary("Remove a note");
    }

  private:
    // JSON may spell a character with six bytes; beyond that no note can be valid.
    static constexpr std::uint64_t request_bytes_max = 6 * body_bytes_max + 65'536;

    Handlers handlers_;
};

}  // namespace notes

GANTRY_PLUGIN(notes::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
