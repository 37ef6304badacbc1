-- With those behind identity columns, which have an _identity_relation.
SELECT c.tableoid AS _class, c.oid AS _oid,
       CASE o.deptype WHEN 'i' THEN o.refobjid END AS _identity_relation,
       CASE o.deptype WHEN 'i' THEN o.refobjsubid END AS _identity_column,
       n.nspname AS schema,
       c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner,
       format_type(s.seqtypid, NULL) AS data_type,
       s.seqstart AS start,
       s.seqincrement AS increment,
       s.seqmin AS minimum,
       s.seqmax AS maximum,
       s.seqcache AS cache,
       s.seqcycle AS cycle,
       c.relpersistence = 'u' AS unlogged,
       CASE o.deptype WHEN 'a' THEN tn.nspname END AS owned_by_schema,
       CASE o.deptype WHEN 'a' THEN t.relname END AS owned_by_table,
       CASE o.deptype WHEN 'a' THEN a.attname END AS owned_by_column,
       CASE WHEN c.relacl @> acldefault('s', c.relowner) AND c.relacl <@ acldefault('s', c.relowner)
            THEN NULL ELSE c.relacl END AS acl,
       d.description AS comment
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
                         AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0
                         AND o.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = o.refobjid
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass
                              AND d.objsubid = 0
WHERE c.oid >= 16384 AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_class'::regclass)
