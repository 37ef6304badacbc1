SELECT c.tableoid AS _class, c.oid AS _oid, i.indrelid AS _relation,
       c.relname AS name,
       am.amname AS method,
       i.indisunique AS unique,
       i.indisprimary AS primary,
       i.indnullsnotdistinct AS nulls_not_distinct, --@15+
       i.indisvalid AS valid,
       i.indisclustered AS clustered,
       c.relispartition AS inherited,
       (SELECT w.relname FROM pg_inherits h JOIN pg_class w ON w.oid = h.inhparent
        WHERE h.inhrelid = c.oid) AS whole,
       con.conname AS constraint,
       pg_get_expr(i.indpred, i.indrelid) AS predicate,
       c.reloptions AS options,
       ts.spcname AS tablespace,
       pg_get_indexdef(c.oid) AS definition,
       d.description AS comment
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class r ON r.oid = i.indrelid
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_constraint con ON con.conindid = c.oid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass
                              AND d.objsubid = 0
WHERE i.indrelid >= 16384 AND r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't'
