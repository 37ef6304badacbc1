// Access control lists taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace architrave::catalog {

struct Grant {
  std::string grantee;  // empty: PUBLIC
  std::string grantor;
  char privilege = 0;  // PostgreSQL's letter: r SELECT, a INSERT, w UPDATE, d DELETE, …
  bool grantable = false;
};

// One per privilege. Items that can't be read are left out.
std::vector<Grant> grants(const Acl& acl);
// Puts a role in the place of another, as grantee and as grantor.
void replace_role(Acl& acl, const std::string& from, const std::string& to);
// "SELECT" for 'r' and so on; "" for a letter that is not known.
std::string_view privilege_name(char letter);

}  // namespace architrave::catalog
