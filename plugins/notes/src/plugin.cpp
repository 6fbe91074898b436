#include <gantry/plugin.hpp>

#include "handlers.hpp"
#include "housekeeping.hpp"
#include "schemas.hpp"
#include "search_service.hpp"
#include "settings.hpp"
#include "store.hpp"
#include "watchers.hpp"
#include "webhook.hpp"

namespace notes {

class Plugin {
  public:
    using Config = Settings;

    Plugin(gantry::Host host, const Settings& settings)
        : handlers_(host, settings),
          search_(host, Store(host)),
          watchers_(host),
          webhook_(host, settings.webhook),
          housekeeping_(host, Store(host), settings.forget_after_days) {}

    void routes(gantry::Routes<Plugin>& routes) {
        auto notes = routes.with(handlers_);
        notes.post("/notes", &Handlers::create)
            .operation("create_note")
            .summary("Write a note")
            .body_max(request_bytes_max)
            .request_schema(draft_schema())
            .answers(201)
            .response_schema(note_schema());
        notes.get("/notes", &Handlers::list)
            .operation("list_notes")
            .summary("The newest notes, page by page")
            .query("limit", limit_schema())
            .query("cursor", cursor_schema())
            .answers(200)
            .response_schema(cursor_page_schema());
        notes.get("/notes/search", &Handlers::search)
            .operation("search_notes")
            .summary("Notes that match words, best first")
            .required_query("q", words_schema())
            .query("limit", limit_schema())
            .query("offset", offset_schema())
            .answers(200)
            .response_schema(offset_page_schema());
        notes.get("/notes/export", &Handlers::export_all)
            .operation("export_notes")
            .summary("All notes as server-sent events")
            .description(
                "Each event `note` has a note as its data and the id of that note as its own; the event `end` comes "
                "last. With the header `Last-Event-ID` the export goes on after that note.")
            .answers(200, "text/event-stream");
        routes.with(watchers_)
            .get("/notes/changes", &Watchers::watch)
            .operation("watch_notes")
            .summary("Changes as they happen, on a WebSocket")
            .description(
                "A text message for each change of a note: `change` (notes.created, notes.changed, notes.removed), "
                "`id`, `version`, `title`.")
            .answers(101);
        notes.get("/notes/{id}", &Handlers::show)
            .operation("show_note")
            .summary("One note")
            .answers(200)
            .response_schema(note_schema());
        notes.put("/notes/{id}", &Handlers::replace)
            .operation("replace_note")
            .summary("Write a note anew")
            .description(if_match)
            .body_max(request_bytes_max)
            .request_schema(draft_schema())
            .answers(200)
            .response_schema(note_schema());
        notes.patch("/notes/{id}", &Handlers::change)
            .operation("change_note")
            .summary("Change fields of a note")
            .description(if_match)
            .body_max(request_bytes_max)
            .request_schema(change_schema())
            .answers(200)
            .response_schema(note_schema());
        notes.del("/notes/{id}", &Handlers::remove).operation("remove_note").summary("Remove a note").answers(204);
    }

  private:
    static constexpr const char* if_match =
        "With the header `If-Match`, only if the note still has the `ETag` that was read; otherwise 412.";
    // JSON may spell a character with six bytes; beyond that no note can be valid.
    static constexpr std::uint64_t request_bytes_max = 6 * body_bytes_max + 65'536;

    Handlers handlers_;
    SearchService search_;
    Watchers watchers_;
    Webhook webhook_;
    Housekeeping housekeeping_;
};

}  // namespace notes

GANTRY_PLUGIN(notes::Plugin, GANTRY_PLUGIN_ID, GANTRY_PLUGIN_VERSION)
