-- Columns of tables and views, attributes of composite types. Those of extensions' tables too: their
-- names stand in foreign keys.
SELECT a.attrelid AS _relation, a.attnum AS _number,
       a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type,
       tn.nspname AS type_schema,
       t.typname AS type_name,
       t.typcategory AS type_category,
       a.attnotnull AS not_null,
       CASE WHEN a.atthasdef THEN pg_get_expr(ad.adbin, ad.adrelid) END AS default_value,
       CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
       CASE WHEN a.attcollation <> t.typcollation
            THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END AS collation,
       CASE WHEN a.attstorage <> t.typstorage AND c.relkind IN ('r', 'p', 'f', 'm')
            THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'm' THEN 'main'
                                   WHEN 'e' THEN 'external' ELSE 'extended' END END AS storage,
       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, --@14+
       nullif(a.attstattarget, -1) AS statistics_target,
       a.attoptions AS options,
       a.attfdwoptions AS foreign_options,
       CASE WHEN nn.coninhcount = 0 AND nn.conname <> c.relname || '_' || a.attname || '_not_null' --@18+
            THEN nn.conname END AS not_null_constraint, --@18+
       -- A partition that was attached keeps the name that it had. --@18+
       CASE WHEN nn.coninhcount > 0 AND (nn.conislocal OR c.relispartition AND NOT EXISTS ( --@18+
              SELECT FROM pg_inherits above JOIN pg_constraint its ON its.conrelid = above.inhparent --@18+
              WHERE above.inhrelid = c.oid AND its.contype = 'n' AND its.conname = nn.conname)) --@18+
            THEN nn.conname END AS not_null_own_name, --@18+
       nn.connoinherit AS not_null_no_inherit, --@18+
       nn.convalidated AS not_null_validated, --@18+
       NOT a.attislocal AS inherited,
       CASE WHEN cardinality(a.attacl) > 0 THEN a.attacl END AS acl,
       d.description AS comment
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_constraint nn ON a.attnotnull AND nn.conrelid = a.attrelid AND nn.contype = 'n' --@18+
                              AND nn.conkey[1] = a.attnum --@18+
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_class'::regclass
                              AND d.objsubid = a.attnum
WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
ORDER BY a.attrelid, a.attnum
