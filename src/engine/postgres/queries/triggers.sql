SELECT t.tableoid AS _class, t.oid AS _oid, t.tgrelid AS _relation,
       t.tgname AS name,
       n.nspname AS function_schema,
       p.proname AS function_name,
       t.tgtype & 1 <> 0 AS row,
       CASE WHEN t.tgtype & 2 <> 0 THEN 'before' WHEN t.tgtype & 64 <> 0 THEN 'instead of'
            ELSE 'after' END AS timing,
       array_remove(ARRAY[CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END,
                          CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
                          CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END,
                          CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END], NULL) AS events,
       t.tgqual IS NOT NULL AS has_when,
       CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica'
                        ELSE 'always' END AS enabled,
       t.tgparentid <> 0 AS inherited,
       pg_get_triggerdef(t.oid) AS definition,
       d.description AS comment
FROM pg_trigger t
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_trigger parent ON parent.oid = nullif(t.tgparentid, 0)
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_trigger'::regclass
                              AND d.objsubid = 0
WHERE (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0 AND parent.tgconstraint = 0)
  AND t.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_trigger'::regclass)
