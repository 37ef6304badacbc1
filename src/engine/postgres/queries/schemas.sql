SELECT n.tableoid AS _class, n.oid AS _oid,
       n.nspname AS name,
       pg_get_userbyid(n.nspowner) AS owner,
       CASE WHEN n.nspacl @> acldefault('n', n.nspowner) AND n.nspacl <@ acldefault('n', n.nspowner)
            THEN NULL ELSE n.nspacl END AS acl,
       nullif(d.description, CASE n.nspname WHEN 'public' THEN 'standard public schema' END)
         AS comment
FROM pg_namespace n
LEFT JOIN pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_namespace'::regclass
                              AND d.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND n.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_namespace'::regclass)
