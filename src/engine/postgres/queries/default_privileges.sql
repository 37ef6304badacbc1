WITH privileges AS (
  SELECT d.tableoid AS class, d.oid, d.defaclacl AS acl,
         pg_get_userbyid(d.defaclrole) AS role, d.defaclrole, n.nspname AS schema,
         CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                              WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS'
                              ELSE 'LARGE OBJECTS' END AS objects,
         -- The letters that acldefault knows.
         CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END AS letter
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = nullif(d.defaclnamespace, 0)
  WHERE d.oid NOT IN (SELECT objid FROM pg_depend
                      WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                        AND classid = 'pg_default_acl'::regclass)
), statements AS (
  SELECT p.oid,
         'ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(p.role)
         || coalesce(' IN SCHEMA ' || quote_ident(p.schema), '') AS head,
         -- Without a schema, the list replaces what the owner and PUBLIC have at first.
         CASE WHEN p.schema IS NULL THEN
           ARRAY(SELECT ' REVOKE ALL ON ' || p.objects || ' FROM '
                        || CASE e.grantee WHEN 0 THEN 'PUBLIC'
                           ELSE quote_ident(pg_get_userbyid(e.grantee)) END
                 FROM (SELECT DISTINCT grantee FROM aclexplode(acldefault(p.letter, p.defaclrole))) e
                 ORDER BY e.grantee) ELSE '{}' END AS base,
         CASE WHEN p.schema IS NULL THEN
           ARRAY(SELECT ' GRANT ' || string_agg(e.privilege_type, ', ' ORDER BY e.privilege_type)
                        || ' ON ' || p.objects || ' TO '
                        || CASE e.grantee WHEN 0 THEN 'PUBLIC'
                           ELSE quote_ident(pg_get_userbyid(e.grantee)) END
                 FROM aclexplode(acldefault(p.letter, p.defaclrole)) e
                 GROUP BY e.grantee ORDER BY e.grantee) ELSE '{}' END AS restore,
         ARRAY(SELECT ' GRANT ' || string_agg(e.privilege_type, ', ' ORDER BY e.privilege_type)
                      || ' ON ' || p.objects || ' TO '
                      || CASE e.grantee WHEN 0 THEN 'PUBLIC'
                         ELSE quote_ident(pg_get_userbyid(e.grantee)) END
                      || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
               FROM aclexplode(p.acl) e
               GROUP BY e.grantee, e.is_grantable
               ORDER BY e.is_grantable, e.grantee) AS grants,
         ARRAY(SELECT ' REVOKE ALL ON ' || p.objects || ' FROM '
                      || CASE e.grantee WHEN 0 THEN 'PUBLIC'
                         ELSE quote_ident(pg_get_userbyid(e.grantee)) END
               FROM (SELECT DISTINCT grantee FROM aclexplode(p.acl)) e
               ORDER BY e.grantee) AS revokes
  FROM privileges p
)
SELECT p.class AS _class, p.oid AS _oid, 'default privileges' AS kind,
       'FOR ROLE ' || quote_ident(p.role)
       || coalesce(' IN SCHEMA ' || quote_ident(p.schema), '') || ' ON ' || p.objects AS name,
       (SELECT array_agg(s.head || x) FROM unnest(s.base || s.grants) x) AS definition,
       (SELECT array_agg(s.head || x) FROM unnest(s.revokes || s.restore) x) AS drop,
       array_remove(ARRAY['role=' || p.role, 'schema=' || p.schema, 'objects=' || lower(p.objects)],
                    NULL) AS properties,
       p.acl
FROM privileges p
JOIN statements s ON s.oid = p.oid
