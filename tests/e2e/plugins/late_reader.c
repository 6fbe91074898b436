/* GET /late/{word} opens a stream that says nothing more; after its client has left, GET /word reads the word of its
 * request, which the plugin has retained and not yet ended. */
#include "tests/fixtures/plugins/route.h"

#include <stdio.h>

static gantry_id open_request;
static const gantry_request* kept;
static int left;

static void closed(void* user, gantry_id request, gantry_status reason) {
    (void)user;
    (void)request;
    (void)reason;
    __atomic_store_n(&left, 1, __ATOMIC_SEQ_CST);
}
static gantry_status begin(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    open_request = request;
    const gantry_status status = fixture_http->retain(fixture_host, request, &kept);
    if (status < 0) return status;
    gantry_response head;
    memset(&head, 0, sizeof head);
    head.struct_size = sizeof head;
    head.status = 200;
    const gantry_stream_events events = {.struct_size = sizeof events, .closed = closed};
    const gantry_status opened = fixture_http->stream_open(fixture_host, request, &head, &events, NULL);
    if (opened < 0) return opened;
    const gantry_slice piece = {.data = "hello\n", .size = 6};
    (void)fixture_http->stream_write(fixture_host, request, piece);
    return GANTRY_PENDING;
}
static gantry_status read_word(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    if (!__atomic_load_n(&left, __ATOMIC_SEQ_CST)) return fixture_reply(request, "");
    char word[32];
    snprintf(word, sizeof word, "%.*s", (int)kept->params[0].value.size, kept->params[0].value.data);
    (void)fixture_http->stream_close(fixture_host, open_request, GANTRY_OK);
    return fixture_reply(request, word);
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const gantry_status added = fixture_add_route("/late/{word}", begin, error);
    return added < 0 ? added : fixture_add_route("/word", read_word, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("late_reader", "use=gantry.http.server/1:64", "services: [gantry.http.server/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("late_reader"), .create = fixture_create);
