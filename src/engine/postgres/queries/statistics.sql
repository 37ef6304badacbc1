SELECT s.tableoid AS _class, s.oid AS _oid, 'statistics' AS kind,
       n.nspname AS schema,
       quote_ident(s.stxname) AS name,
       pg_get_userbyid(s.stxowner) AS owner,
       array_remove(ARRAY[
         pg_get_statisticsobjdef(s.oid),
         'ALTER STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname)
         || ' SET STATISTICS ' || nullif(s.stxstattarget, -1)], NULL) AS definition,
       ARRAY['DROP STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname)] AS drop,
       ARRAY['schema=' || rn.nspname, 'table=' || r.relname,
             'kinds=' || (SELECT string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies'
                                                   WHEN 'm' THEN 'mcv' ELSE 'expressions' END, ', '
                                            ORDER BY k) FROM unnest(s.stxkind) k)] AS properties,
       d.description AS comment
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class r ON r.oid = s.stxrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_description d ON d.objoid = s.oid AND d.classoid = 'pg_statistic_ext'::regclass
WHERE s.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_statistic_ext'::regclass)
