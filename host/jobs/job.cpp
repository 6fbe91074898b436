#include "host/jobs/job.hpp"

#include <algorithm>

namespace host::jobs {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t key_bytes_max = 256;
constexpr std::size_t principal_id_bytes_max = 256;

[[noreturn]] void refuse_size(const std::string& what, std::size_t size, const std::string& limit, std::size_t size_max) {
    throw Error{Code::InvalidArgument, "the " + what + " of a job is " + std::to_string(size) + " bytes long but " + limit +
                                           std::to_string(size_max)};
}

}  // namespace

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= name_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
}

void check(const Draft& draft, std::size_t payload_bytes_max) {
    if (!is_name(draft.kind)) throw Error{Code::InvalidArgument, "the kind of a job must be 1-100 of [a-z0-9_.-]"};
    if (draft.key.size() > key_bytes_max) refuse_size("key", draft.key.size(), "must be at most ", key_bytes_max);
    if (draft.principal_id.size() > principal_id_bytes_max)
        refuse_size("principal_id", draft.principal_id.size(), "must be at most ", principal_id_bytes_max);
    if (draft.payload.size() > payload_bytes_max)
        refuse_size("payload", draft.payload.size(), "jobs.payload_bytes_max is ", payload_bytes_max);
}

}  // namespace host::jobs
