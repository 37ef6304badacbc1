-- Casts, transforms, languages, access methods, collations, conversions.
WITH members AS (SELECT classid, objid FROM pg_depend
                 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                 UNION ALL
                 -- The casts that are made with a range type.
                 SELECT classid, objid FROM pg_depend
                 WHERE classid = 'pg_cast'::regclass AND deptype = 'i'),
object AS (
  SELECT c.tableoid AS class, c.oid, 'cast' AS kind, NULL::oid AS namespace,
         '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ')'
           AS name,
         NULL::oid AS owner,
         CASE c.castmethod WHEN 'f' THEN ' WITH FUNCTION ' || c.castfunc::regprocedure
                           WHEN 'i' THEN ' WITH INOUT' ELSE ' WITHOUT FUNCTION' END
         || CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT'
                               ELSE '' END AS body,
         NULL::aclitem[] AS acl, 'CAST' AS words
  FROM pg_cast c
  UNION ALL
  SELECT t.tableoid, t.oid, 'transform', NULL,
         'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname), NULL,
         ' (' || array_to_string(ARRAY[
           'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql, 0)::regprocedure,
           'TO SQL WITH FUNCTION ' || nullif(t.trftosql, 0)::regprocedure], ', ') || ')',
         NULL, 'TRANSFORM'
  FROM pg_transform t
  JOIN pg_language l ON l.oid = t.trflang
  UNION ALL
  SELECT l.tableoid, l.oid, 'language', NULL, quote_ident(l.lanname), l.lanowner,
         coalesce(' HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc, '')
         || coalesce(' INLINE ' || nullif(l.laninline, 0)::regproc, '')
         || coalesce(' VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc, ''),
         CASE WHEN l.lanacl @> acldefault('l', l.lanowner) AND l.lanacl <@ acldefault('l', l.lanowner)
              THEN NULL ELSE l.lanacl END,
         CASE WHEN l.lanpltrusted THEN 'TRUSTED LANGUAGE' ELSE 'LANGUAGE' END
  FROM pg_language l
  WHERE l.lanispl
  UNION ALL
  SELECT a.tableoid, a.oid, 'access method', NULL, quote_ident(a.amname), NULL,
         ' TYPE ' || CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END
         || ' HANDLER ' || a.amhandler, NULL, 'ACCESS METHOD'
  FROM pg_am a
  UNION ALL
  SELECT c.tableoid, c.oid, 'collation', c.collnamespace, quote_ident(c.collname), c.collowner,
         ' (PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin'
                                                ELSE 'libc' END
         || CASE WHEN c.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END
         || coalesce(', LOCALE = ' || quote_literal(c.colllocale), '') --@17+
         || coalesce(', LOCALE = ' || quote_literal(c.colliculocale), '') --@15+ --@<17
         || coalesce(', RULES = ' || quote_literal(c.collicurules), '') --@16+
         || CASE c.collprovider
              WHEN 'i' THEN coalesce(', LOCALE = ' || quote_literal(c.collcollate), '')
              ELSE coalesce(', LC_COLLATE = ' || quote_literal(c.collcollate), '')
                   || coalesce(', LC_CTYPE = ' || quote_literal(c.collctype), '') END
         || ')', NULL, 'COLLATION'
  FROM pg_collation c
  WHERE c.collnamespace <> 'pg_catalog'::regnamespace
  UNION ALL
  SELECT c.tableoid, c.oid, 'conversion', c.connamespace, quote_ident(c.conname), c.conowner,
         ' FOR ' || quote_literal(pg_encoding_to_char(c.conforencoding)) || ' TO '
         || quote_literal(pg_encoding_to_char(c.contoencoding)) || ' FROM ' || c.conproc, NULL,
         CASE WHEN c.condefault THEN 'DEFAULT CONVERSION' ELSE 'CONVERSION' END
  FROM pg_conversion c
)
SELECT o.class AS _class, o.oid AS _oid, o.kind,
       n.nspname AS schema,
       o.name,
       pg_get_userbyid(o.owner) AS owner,
       ARRAY['CREATE ' || o.words || ' ' || coalesce(quote_ident(n.nspname) || '.', '') || o.name
             || o.body] AS definition,
       ARRAY['DROP ' || upper(o.kind) || ' ' || coalesce(quote_ident(n.nspname) || '.', '') || o.name]
         AS drop,
       o.acl,
       d.description AS comment
FROM object o
LEFT JOIN pg_namespace n ON n.oid = o.namespace
LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = o.class
WHERE o.oid >= 16384
  AND NOT EXISTS (SELECT FROM members m WHERE m.classid = o.class AND m.objid = o.oid)
