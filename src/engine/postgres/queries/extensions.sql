SELECT e.tableoid AS _class, e.oid AS _oid,
       e.extname AS name, n.nspname AS schema, e.extversion AS version,
       nullif(d.description, a.comment) AS comment,
       a.default_version AS available_version
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_available_extensions() a ON a.name = e.extname
LEFT JOIN pg_description d ON d.objoid = e.oid AND d.classoid = 'pg_extension'::regclass
                              AND d.objsubid = 0
