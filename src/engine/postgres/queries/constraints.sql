SELECT c.tableoid AS _class, c.oid AS _oid, c.conrelid AS _relation, c.contypid AS _type,
       c.conkey AS _columns, c.confkey AS _references, c.confrelid AS _references_relation,
       c.conname AS name,
       CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                      WHEN 'c' THEN 'check' ELSE 'exclusion' END AS type,
       CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) END AS expression,
       fn.nspname AS references_schema,
       f.relname AS references_table,
       CASE c.confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                          WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END AS on_update,
       CASE c.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                          WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END AS on_delete,
       c.confmatchtype = 'f' AS match_full,
       c.condeferrable AS deferrable,
       c.condeferred AS deferred,
       c.convalidated AS validated,
       -- ALTER TABLE … DISABLE TRIGGER ALL, of a partition too, and rows of any kind get in.
       NOT EXISTS (SELECT FROM pg_trigger t
                   WHERE t.tgenabled IN ('D', 'R')
                     AND (t.tgconstraint = c.oid
                          OR t.tgconstraint IN (SELECT each.oid FROM pg_constraint each
                                                WHERE each.conparentid = c.oid))) AS guarded,
       c.contype = 'c' AND c.connoinherit AS no_inherit,
       NOT c.conislocal OR c.conparentid <> 0 AS inherited,
       CASE WHEN c.contype IN ('p', 'u', 'x') THEN i.relname END AS index,
       pg_get_constraintdef(c.oid) AS definition,
       d.description AS comment
FROM pg_constraint c
LEFT JOIN pg_class f ON f.oid = c.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
LEFT JOIN pg_class i ON i.oid = c.conindid
LEFT JOIN pg_constraint p ON p.oid = nullif(c.conparentid, 0)
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_constraint'::regclass
                              AND d.objsubid = 0
WHERE c.oid >= 16384 AND c.contype IN ('p', 'u', 'f', 'c', 'x')
  -- A foreign key to a partitioned table has a row for each partition of it.
  AND NOT (c.contype = 'f' AND p.conrelid IS NOT DISTINCT FROM c.conrelid)
