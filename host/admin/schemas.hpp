#pragma once

#include <string>

namespace host::admin {

// Of pages whose items have that schema: those that cursor_page() and page_of() make.
std::string cursor_page_schema(const std::string& item);
std::string offset_page_schema(const std::string& item);

}  // namespace host::admin
