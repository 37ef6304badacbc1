SELECT i.indexrelid AS _index, i.indrelid AS _relation, k.attnum AS _number,
       k.ordinality <= i.indnkeyatts AS _is_key,
       CASE k.attnum WHEN 0 THEN pg_get_indexdef(i.indexrelid, k.ordinality::int, false) END
         AS expression,
       CASE WHEN NOT o.opcdefault
            THEN CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END
                 || quote_ident(o.opcname) END AS opclass,
       CASE WHEN i.indcollation[k.ordinality::int - 1] NOT IN (0, 100) THEN
         (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
          FROM pg_collation co
          JOIN pg_namespace cn ON cn.oid = co.collnamespace
          WHERE co.oid = i.indcollation[k.ordinality::int - 1]
            AND co.oid IS DISTINCT FROM (SELECT a.attcollation FROM pg_attribute a
                                         WHERE a.attrelid = i.indrelid AND a.attnum = k.attnum
                                           AND k.attnum > 0)) END AS collation,
       coalesce(i.indoption[k.ordinality::int - 1] & 1 <> 0, false) AS descending,
       coalesce(i.indoption[k.ordinality::int - 1] & 2 <> 0, false) AS nulls_first,
       CASE k.attnum WHEN 0 THEN
         (SELECT nullif(a.attstattarget, -1) FROM pg_attribute a
          WHERE a.attrelid = i.indexrelid AND a.attnum = k.ordinality) END AS statistics_target
FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ordinality)
LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.ordinality::int - 1]
LEFT JOIN pg_namespace n ON n.oid = o.opcnamespace
JOIN pg_class r ON r.oid = i.indrelid
WHERE i.indrelid >= 16384 AND r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't'
ORDER BY i.indexrelid, k.ordinality
