/* A whole plugin in plain C11, against the headers of sdk/abi and nothing else: what it can do shows that the ABI is C.
 *
 *   GET /plain_c/now/{name}     answered inside the call
 *   GET /plain_c/later/{name}   answered by a thread of the plugin's own; the text changes its owner with a release function
 */
#include <gantry/abi/http_server.h>
#include <gantry/abi/plugin.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_SECTION(name) __attribute__((section(name), used))

/* The last member that is called is reply(): a host needs no more than that. */
static const char info[] IN_SECTION(GANTRY_INFO_SECTION) =
    "abi=1.0\0id=plain_c\0version=1.0.0\0sdk=none\0use=gantry.http.server/1:32";
static const char manifest[] IN_SECTION(GANTRY_MANIFEST_SECTION) =
    "id: plain_c\nversion: 1.0.0\nsummary: a plugin in plain C\nservices: [gantry.http.server/1]\n";

/* An answer that is owed. */
typedef struct Owed {
    struct Owed* next;
    gantry_id request;
    char* text;
    size_t size;
} Owed;

typedef struct Instance {
    gantry_plugin base;
    const gantry_host* host;
    const gantry_http_server* http;
    pthread_t answerer;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    Owed* first;
    bool ending;
} Instance;

static gantry_str str(const char* text) {
    return (gantry_str){text, strlen(text)};
}

static void release_text(void* context, const void* data, size_t size) {
    (void)data;
    (void)size;
    free(context);
}

static char* greeting(const gantry_request* view, const char* when, size_t* size) {
    const gantry_str name = view->params_n > 0 ? view->params[0].value : str("nobody");
    char* text = malloc(name.size + 64);
    if (text == NULL) return NULL;
    const int head = sprintf(text, "%s, from C: ", when);
    memcpy(text + head, name.data, name.size);
    *size = (size_t)head + name.size;
    text[(*size)++] = '\n';
    return text;
}

/* The text is the host's from the moment that the call succeeds. */
static gantry_status answer(const Instance* self, gantry_id request, char* text, size_t size) {
    const gantry_pair type = {str("content-type"), str("text/plain; charset=utf-8")};
    gantry_response response;
    memset(&response, 0, sizeof response);
    response.struct_size = sizeof response;
    response.status = 200;
    response.headers = &type;
    response.headers_n = 1;
    response.body = (gantry_slice){text, size, release_text, text};
    const gantry_status status = self->http->reply(self->host, request, &response);
    if (status < 0) free(text);
    return status;
}

static gantry_status now(void* user, gantry_id request, const gantry_request* view) {
    size_t size = 0;
    char* text = greeting(view, "now", &size);
    return text == NULL ? GANTRY_E_INTERNAL : answer(user, request, text, size);
}

static gantry_status later(void* user, gantry_id request, const gantry_request* view) {
    Instance* self = user;
    Owed* owed = malloc(sizeof *owed);
    if (owed == NULL) return GANTRY_E_INTERNAL;
    owed->request = request;
    owed->text = greeting(view, "later", &owed->size);
    if (owed->text == NULL) {
        free(owed);
        return GANTRY_E_INTERNAL;
    }
    pthread_mutex_lock(&self->mutex);
    owed->next = self->first;
    self->first = owed;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    return GANTRY_PENDING;
}

/* The thread of the plugin's own. What is owed at the end is answered before it goes. */
static void* answer_all(void* user) {
    Instance* self = user;
    pthread_mutex_lock(&self->mutex);
    while (self->first != NULL || !self->ending) {
        Owed* owed = self->first;
        if (owed == NULL) {
            pthread_cond_wait(&self->changed, &self->mutex);
            continue;
        }
        self->first = owed->next;
        pthread_mutex_unlock(&self->mutex);
        answer(self, owed->request, owed->text, owed->size);
        free(owed);
        pthread_mutex_lock(&self->mutex);
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

static gantry_status add_route(Instance* self, const char* pattern, const char* operation, gantry_handler handle,
                               gantry_error* error) {
    gantry_route route;
    memset(&route, 0, sizeof route);
    route.struct_size = sizeof route;
    route.method = str("GET");
    route.pattern = str(pattern);
    route.operation_id = str(operation);
    route.summary = str("Greet from C");
    route.handle = handle;
    route.user = self;
    gantry_id id = 0;
    return self->http->add_route(self->host, &route, &id, error);
}

static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    Instance* self = plugin->impl;
    const void* service = NULL;
    gantry_status status = self->host->query(self->host, str(GANTRY_HTTP_SERVER), &service);
    if (status < 0) return status;
    self->http = service;
    if (pthread_create(&self->answerer, NULL, answer_all, self) != 0) return GANTRY_E_INTERNAL;
    status = add_route(self, "/plain_c/now/{name}", "now", now, error);
    return status < 0 ? status : add_route(self, "/plain_c/later/{name}", "later", later, error);
}

static void stop(gantry_plugin* plugin) {
    Instance* self = plugin->impl;
    if (self->http == NULL) return;
    pthread_mutex_lock(&self->mutex);
    self->ending = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->answerer, NULL);
}

static void destroy(gantry_plugin* plugin) {
    Instance* self = plugin->impl;
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

static gantry_status create(const gantry_host* host, gantry_plugin** plugin, gantry_error* error) {
    (void)error;
    Instance* self = calloc(1, sizeof *self);
    if (self == NULL) return GANTRY_E_INTERNAL;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    self->host = host;
    self->base.struct_size = sizeof self->base;
    self->base.impl = self;
    self->base.start = start;
    self->base.stop = stop;
    self->base.destroy = destroy;
    *plugin = &self->base;
    return GANTRY_OK;
}

const gantry_entry gantry_plugin_entry = {
    .magic = GANTRY_ENTRY_MAGIC,
    .struct_size = sizeof(gantry_entry),
    .abi_major = 1,
    .abi_minor = 0,
    .id = "plain_c",
    .version = "1.0.0",
    .sdk = "none",
    .create = create,
};
