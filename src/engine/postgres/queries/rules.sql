SELECT r.tableoid AS _class, r.oid AS _oid, r.ev_class AS _relation,
       r.rulename AS name,
       CASE r.ev_enabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica'
                         ELSE 'always' END AS enabled,
       rtrim(pg_get_ruledef(r.oid), ';') AS definition,
       d.description AS comment
FROM pg_rewrite r
LEFT JOIN pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_rewrite'::regclass
                              AND d.objsubid = 0
WHERE r.rulename <> '_RETURN' AND r.oid >= 16384
