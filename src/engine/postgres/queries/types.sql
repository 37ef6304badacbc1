SELECT t.tableoid AS _class, t.oid AS _oid, t.typarray AS _array,
       g.rngmultitypid AS _multirange, --@14+
       CASE WHEN t.typtype = 'c' THEN t.typrelid END AS _relation,
       n.nspname AS schema,
       t.typname AS name,
       CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite'
                      WHEN 'r' THEN 'range' WHEN 'b' THEN 'base' ELSE 'shell' END AS kind,
       pg_get_userbyid(t.typowner) AS owner,
       l.labels,
       CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                      WHEN 'r' THEN format_type(g.rngsubtype, NULL) END AS base_type,
       t.typtype = 'd' AND t.typnotnull AS not_null,
       CASE t.typtype WHEN 'd' THEN coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault) END
         AS default_value,
       CASE WHEN co.oid <> coalesce(b.typcollation, s.typcollation)
            THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END AS collation,
       CASE t.typtype
         WHEN 'r' THEN array_remove(ARRAY[
           'subtype_opclass=' || quote_ident(opn.nspname) || '.' || quote_ident(op.opcname),
           'canonical=' || nullif(g.rngcanonical, 0)::regproc,
           'subtype_diff=' || nullif(g.rngsubdiff, 0)::regproc,
           'multirange_type_name=' || quote_ident(mn.nspname) || '.' || quote_ident(m.typname), --@14+
           NULL], NULL)
         WHEN 'b' THEN array_remove(ARRAY[
           'input=' || t.typinput::regproc,
           'output=' || t.typoutput::regproc,
           'receive=' || nullif(t.typreceive, 0)::regproc,
           'send=' || nullif(t.typsend, 0)::regproc,
           'typmod_in=' || nullif(t.typmodin, 0)::regproc,
           'typmod_out=' || nullif(t.typmodout, 0)::regproc,
           'analyze=' || nullif(t.typanalyze, 0)::regproc,
           'subscript=' || nullif(t.typsubscript, 0)::regproc, --@14+
           'internallength=' || CASE t.typlen WHEN -1 THEN 'variable' ELSE t.typlen::text END,
           CASE WHEN t.typbyval THEN 'passedbyvalue=' END,
           'alignment=' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2'
                                           WHEN 'i' THEN 'int4' ELSE 'double' END,
           'storage=' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
                                           WHEN 'm' THEN 'main' ELSE 'extended' END,
           'category=' || quote_literal(t.typcategory::text),
           CASE WHEN t.typispreferred THEN 'preferred=true' END,
           'default=' || quote_literal(t.typdefault),
           'element=' || format_type(nullif(t.typelem, 0), NULL),
           CASE WHEN t.typdelim <> ',' THEN 'delimiter=' || quote_literal(t.typdelim::text) END,
           CASE WHEN t.typcollation <> 0 THEN 'collatable=true' END], NULL)
       END AS properties,
       CASE WHEN t.typacl @> acldefault('T', t.typowner) AND t.typacl <@ acldefault('T', t.typowner)
            THEN NULL ELSE t.typacl END AS acl,
       coalesce(d.description, dc.description) AS comment
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type e ON e.typarray = t.oid
LEFT JOIN (SELECT enumtypid, array_agg(enumlabel ORDER BY enumsortorder) AS labels
           FROM pg_enum GROUP BY enumtypid) l ON l.enumtypid = t.oid
LEFT JOIN pg_range g ON g.rngtypid = t.oid
LEFT JOIN pg_type s ON s.oid = g.rngsubtype
LEFT JOIN pg_type b ON b.oid = nullif(t.typbasetype, 0)
LEFT JOIN pg_opclass op ON op.oid = g.rngsubopc AND NOT op.opcdefault
LEFT JOIN pg_namespace opn ON opn.oid = op.opcnamespace
LEFT JOIN pg_type m ON m.oid = g.rngmultitypid --@14+
LEFT JOIN pg_namespace mn ON mn.oid = m.typnamespace --@14+
LEFT JOIN pg_collation co ON co.oid = CASE t.typtype WHEN 'r' THEN g.rngcollation
                                                     WHEN 'd' THEN t.typcollation END
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
LEFT JOIN pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_type'::regclass
                              AND d.objsubid = 0
LEFT JOIN pg_description dc ON dc.objoid = nullif(t.typrelid, 0)
                               AND dc.classoid = 'pg_class'::regclass AND dc.objsubid = 0
WHERE t.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND e.oid IS NULL
  AND (t.typtype IN ('e', 'd', 'r', 'b') OR t.typtype = 'p' AND NOT t.typisdefined
       OR t.typtype = 'c' AND t.typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
  AND t.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_type'::regclass)
