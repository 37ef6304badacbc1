-- Operators, operator families and operator classes.
SELECT o.tableoid AS _class, o.oid AS _oid, 'operator' AS kind,
       n.nspname AS schema,
       o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', '
         || format_type(o.oprright, NULL) || ')' AS name,
       pg_get_userbyid(o.oprowner) AS owner,
       ARRAY['CREATE OPERATOR ' || quote_ident(n.nspname) || '.' || o.oprname || ' ('
         || array_to_string(ARRAY[
              'FUNCTION = ' || o.oprcode,
              'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL),
              'RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL),
              'COMMUTATOR = OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')',
              'NEGATOR = OPERATOR(' || quote_ident(gn.nspname) || '.' || g.oprname || ')',
              'RESTRICT = ' || nullif(o.oprrest, 0)::regproc,
              'JOIN = ' || nullif(o.oprjoin, 0)::regproc,
              CASE WHEN o.oprcanhash THEN 'HASHES' END,
              CASE WHEN o.oprcanmerge THEN 'MERGES' END], ', ') || ')'] AS definition,
       ARRAY['DROP OPERATOR ' || quote_ident(n.nspname) || '.' || o.oprname || ' ('
         || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', '
         || format_type(o.oprright, NULL) || ')'] AS drop,
       d.description AS comment
FROM pg_operator o
JOIN pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_operator c ON c.oid = nullif(o.oprcom, 0)
LEFT JOIN pg_namespace cn ON cn.oid = c.oprnamespace
LEFT JOIN pg_operator g ON g.oid = nullif(o.oprnegate, 0)
LEFT JOIN pg_namespace gn ON gn.oid = g.oprnamespace
LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = 'pg_operator'::regclass
WHERE o.oid >= 16384 AND o.oprcode <> 0
  AND o.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_operator'::regclass)
UNION ALL
SELECT f.tableoid, f.oid, 'operator family', n.nspname,
       quote_ident(f.opfname) || ' USING ' || quote_ident(am.amname),
       pg_get_userbyid(f.opfowner),
       ARRAY['CREATE OPERATOR FAMILY ' || quote_ident(n.nspname) || '.' || quote_ident(f.opfname)
             || ' USING ' || quote_ident(am.amname)],
       ARRAY['DROP OPERATOR FAMILY ' || quote_ident(n.nspname) || '.' || quote_ident(f.opfname)
             || ' USING ' || quote_ident(am.amname)],
       d.description
FROM pg_opfamily f
JOIN pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_am am ON am.oid = f.opfmethod
LEFT JOIN pg_description d ON d.objoid = f.oid AND d.classoid = 'pg_opfamily'::regclass
WHERE f.oid >= 16384
  AND f.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_opfamily'::regclass)
UNION ALL
SELECT c.tableoid, c.oid, 'operator class', n.nspname,
       quote_ident(c.opcname) || ' USING ' || quote_ident(am.amname),
       pg_get_userbyid(c.opcowner),
       array_remove(ARRAY[
         'CREATE OPERATOR CLASS ' || quote_ident(n.nspname) || '.' || quote_ident(c.opcname)
         || CASE WHEN c.opcdefault THEN ' DEFAULT' ELSE '' END
         || ' FOR TYPE ' || format_type(c.opcintype, NULL) || ' USING ' || quote_ident(am.amname)
         || ' FAMILY ' || quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) || ' AS '
         || array_to_string(
              array_remove(ARRAY['STORAGE ' || format_type(coalesce(nullif(c.opckeytype, 0),
                CASE WHEN m.own IS NULL THEN c.opcintype END), NULL)], NULL)
              || coalesce(m.own, '{}'), ', '),
         'ALTER OPERATOR FAMILY ' || quote_ident(fn.nspname) || '.' || quote_ident(f.opfname)
         || ' USING ' || quote_ident(am.amname) || ' ADD ' || array_to_string(m.loose, ', ')], NULL),
       ARRAY['DROP OPERATOR CLASS ' || quote_ident(n.nspname) || '.' || quote_ident(c.opcname)
             || ' USING ' || quote_ident(am.amname)],
       d.description
FROM pg_opclass c
JOIN pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_am am ON am.oid = c.opcmethod
JOIN pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_namespace fn ON fn.oid = f.opfnamespace
-- Members that the class owns, and those that were added to its family by hand, which go with the
-- family's first class.
LEFT JOIN LATERAL (
  SELECT array_agg(m.text ORDER BY m.kind, m.number, m.text) FILTER (WHERE m.class = c.oid) AS own,
         array_agg(m.text ORDER BY m.kind, m.number, m.text)
           FILTER (WHERE m.class IS NULL AND c.oid = (SELECT min(x.oid) FROM pg_opclass x
                                                      WHERE x.opcfamily = c.opcfamily)) AS loose
  FROM (SELECT 1 AS kind, o.amopstrategy AS number, dep.refobjid AS class,
               'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator
               || coalesce(' FOR ORDER BY ' || quote_ident(sn.nspname) || '.'
                           || quote_ident(sf.opfname), '') AS text
        FROM pg_amop o
        LEFT JOIN pg_opfamily sf ON sf.oid = nullif(o.amopsortfamily, 0)
        LEFT JOIN pg_namespace sn ON sn.oid = sf.opfnamespace
        LEFT JOIN pg_depend dep ON dep.classid = 'pg_amop'::regclass AND dep.objid = o.oid
                                   AND dep.refclassid = 'pg_opclass'::regclass
        WHERE o.amopfamily = c.opcfamily
        UNION ALL
        SELECT 2, p.amprocnum, dep.refobjid,
               'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', '
               || format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::regprocedure
        FROM pg_amproc p
        LEFT JOIN pg_depend dep ON dep.classid = 'pg_amproc'::regclass AND dep.objid = p.oid
                                   AND dep.refclassid = 'pg_opclass'::regclass
        WHERE p.amprocfamily = c.opcfamily) m) m ON true
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_opclass'::regclass
WHERE c.oid >= 16384
  AND c.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_opclass'::regclass)
