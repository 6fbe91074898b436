#include "host/database/owner_schema.hpp"

#include "host/database/connection_url.hpp"

namespace host::database {

namespace {

bool is_true(Connection& connection, const std::string& condition, const Bounds& bounds) {
    return connection.run("select " + condition, {}, bounds).cell(0, 0).as.integer != 0;
}

}  // namespace

void create_owner_schema(Connection& connection, const Owner& owner, const Bounds& bounds) {
    const std::string role = quote_name(owner.role);
    if (!owner.role.empty()) {
        if (!is_true(connection, "exists (select from pg_roles where rolname = " + quote_text(owner.role) + ")", bounds)) {
            connection.command("create role " + role + " nologin", bounds);
        }
        const std::string member =
            "select from pg_auth_members m join pg_roles r on r.oid = m.roleid"
            " join pg_roles u on u.oid = m.member where u.rolname = current_user and r.rolname = ";
        if (!is_true(connection, "exists (" + member + quote_text(owner.role) + ")", bounds)) {
            connection.command("grant " + role + " to current_user", bounds);
        }
    }
    if (is_true(connection, "to_regnamespace(" + quote_text(quote_name(owner.schema)) + ") is not null", bounds)) return;
    connection.command("create schema " + quote_name(owner.schema) + (owner.role.empty() ? "" : " authorization " + role),
                       bounds);
}

}  // namespace host::database
