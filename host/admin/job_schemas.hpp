#pragma once

#include <string>

// What the routes of jobs and schedules take and give, as JSON Schema for OpenAPI.
namespace host::admin {

extern const char* const job_filter_schema;       // query parameters
extern const char* const schedule_change_schema;  // body
extern const char* const accepted_schema;

std::string job_schema();
std::string job_page_schema();
std::string schedule_schema();
std::string schedule_page_schema();

}  // namespace host::admin
