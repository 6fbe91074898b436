#include "host/admin/job_schemas.hpp"

#include "host/admin/schemas.hpp"

namespace host::admin {

namespace {

const char* const job = R"({"type":"object","properties":{
"id":{"type":"string"},"plugin":{"type":"string"},"kind":{"type":"string"},
"key":{"type":["string","null"],"description":"One job of a kind and key at a time"},
"state":{"type":"string","enum":["waiting","running","done","dead","cancelled"]},
"attempt":{"type":"integer","description":"How often it was begun: more than 1 after a failure or an interruption"},
"attempts_max":{"type":"integer"},
"progress":{"type":"number","minimum":0,"maximum":1},"progress_note":{"type":["string","null"]},
"cancel_asked":{"type":"boolean"},
"schedule":{"type":["string","null"],"description":"The id of the schedule that made it"},
"scheduled_for":{"type":["string","null"],"format":"date-time"},
"due_at":{"type":["string","null"],"format":"date-time"},
"created_at":{"type":["string","null"],"format":"date-time"},
"started_at":{"type":["string","null"],"format":"date-time"},
"finished_at":{"type":["string","null"],"format":"date-time"},
"error_code":{"type":["string","null"]},
"error":{"type":["string","null"],"description":"Of the last attempt that failed; for administrators"},
"principal_id":{"type":["string","null"],"description":"For whom it is done: who may read and cancel it"},
"payload_bytes":{"type":"integer"},
"payload":{"type":["string","null"],"description":"Of one job only, for administrators; null if it is no text or more than 64 KiB"}}})";

const char* const schedule = R"({"type":"object","properties":{
"id":{"type":"string","description":"plugin.name"},"plugin":{"type":"string"},"name":{"type":"string"},
"kind":{"type":"string"},"cron":{"type":"string"},"time_zone":{"type":"string"},
"declared_cron":{"type":"string","description":"What the plugin says, where an administrator has changed it"},
"declared_time_zone":{"type":"string"},"enabled":{"type":"boolean"},
"next_at":{"type":["string","null"],"format":"date-time"},"last_at":{"type":["string","null"],"format":"date-time"}}})";

}  // namespace

const char* const job_filter_schema = R"({"type":"object","properties":{
"plugin":{"type":"string"},"kind":{"type":"string"},"key":{"type":"string"},
"schedule":{"type":"string","description":"The id of a schedule: plugin.name"},
"state":{"type":"string","enum":["waiting","running","done","dead","cancelled"]},
"limit":{"type":"integer","minimum":1,"maximum":500,"default":50},
"cursor":{"type":"string","description":"next_cursor of the page before"}}})";

const char* const schedule_change_schema = R"({"type":"object","minProperties":1,"additionalProperties":false,"properties":{
"cron":{"type":"string","description":"Five fields, as crontab has them"},
"time_zone":{"type":"string","description":"Europe/Berlin"},"enabled":{"type":"boolean"}}})";

const char* const accepted_schema = R"({"type":"object","required":["job_id","status"],"properties":{
"job_id":{"type":"string"},"status":{"type":"string"}}})";

std::string job_schema() {
    return job;
}

std::string job_page_schema() {
    return cursor_page_schema(job);
}

std::string schedule_schema() {
    return schedule;
}

std::string schedule_page_schema() {
    return offset_page_schema(schedule);
}

}  // namespace host::admin
