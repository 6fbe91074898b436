#include "host/admin/schemas.hpp"

namespace host::admin {

std::string cursor_page_schema(const std::string& item) {
    return R"({"type":"object","required":["items","limit","has_more","next_cursor"],"properties":{"items":{"type":"array","items":)" +
           item +
           R"(},"limit":{"type":"integer"},"has_more":{"type":"boolean"},)"
           R"("next_cursor":{"type":["string","null"],"description":"For the query parameter cursor of the next page"}}})";
}

std::string offset_page_schema(const std::string& item) {
    return R"({"type":"object","required":["items","total","limit","offset","has_more"],"properties":{"items":{"type":"array","items":)" +
           item +
           R"(},"total":{"type":"integer"},"limit":{"type":"integer"},"offset":{"type":"integer"},)"
           R"("has_more":{"type":"boolean"}}})";
}

}  // namespace host::admin
