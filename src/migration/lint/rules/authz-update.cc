#include "migration/lint/rule.h"

namespace architrave::migration::lint::rules {

namespace {

void check(const Statement& statement, Finder& finder) {
  const std::string_view type = statement.node.type();
  if (type == "AlterOwnerStmt" || type == "GrantStmt" || type == "GrantRoleStmt" ||
      type == "AlterDefaultPrivilegesStmt" || type.ends_with("RoleStmt") ||
      type.ends_with("RoleSetStmt"))
    finder.find("changes who may see and change what",
                "have it reviewed by whoever answers for access; grant to roles that stand for "
                "tasks, and the least that each needs");
}

}  // namespace

extern const Rule authz_update;
const Rule authz_update = {
    .is = {.name = "authz-update",
           .severity = Severity::info,
           .summary = "Grants, policies, roles and owners decide who may do what"},
    .actions = {Do::row_security, Do::create_policy, Do::alter_policy, Do::drop_policy,
                Do::set_owner},
    .message = "changes who may see and change rows of {table}",
    .instead = "have it reviewed by whoever answers for access; try it as each role that is meant",
    .nodes = {"GrantStmt", "GrantRoleStmt", "AlterOwnerStmt", "AlterDefaultPrivilegesStmt",
              "CreateRoleStmt", "AlterRoleStmt", "DropRoleStmt", "AlterRoleSetStmt"},
    .check = check};

}  // namespace architrave::migration::lint::rules
