-- Text search parsers, templates, dictionaries and configurations.
WITH members AS (SELECT classid, objid FROM pg_depend
                 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'),
object AS (
  SELECT p.tableoid AS class, p.oid, 1 AS place, 'PARSER' AS word, p.prsnamespace AS namespace,
         p.prsname AS name, NULL::oid AS owner,
         ARRAY[' (START = ' || p.prsstart || ', GETTOKEN = ' || p.prstoken || ', END = ' || p.prsend
               || ', LEXTYPES = ' || p.prslextype
               || coalesce(', HEADLINE = ' || nullif(p.prsheadline, 0)::regproc, '') || ')'] AS body
  FROM pg_ts_parser p
  UNION ALL
  SELECT t.tableoid, t.oid, 2, 'TEMPLATE', t.tmplnamespace, t.tmplname, NULL,
         ARRAY[' (' || coalesce('INIT = ' || nullif(t.tmplinit, 0)::regproc || ', ', '')
               || 'LEXIZE = ' || t.tmpllexize || ')']
  FROM pg_ts_template t
  UNION ALL
  SELECT t.tableoid, t.oid, 3, 'DICTIONARY', t.dictnamespace, t.dictname, t.dictowner,
         ARRAY[' (TEMPLATE = ' || quote_ident(n.nspname) || '.' || quote_ident(m.tmplname)
               || coalesce(', ' || t.dictinitoption, '') || ')']
  FROM pg_ts_dict t
  JOIN pg_ts_template m ON m.oid = t.dicttemplate
  JOIN pg_namespace n ON n.oid = m.tmplnamespace
  UNION ALL
  SELECT c.tableoid, c.oid, 4, 'CONFIGURATION', c.cfgnamespace, c.cfgname, c.cfgowner,
         ARRAY[' (PARSER = ' || quote_ident(n.nspname) || '.' || quote_ident(p.prsname) || ')']
         || ARRAY(SELECT ' ADD MAPPING FOR ' || quote_ident(k.alias) || ' WITH '
                         || string_agg(quote_ident(dn.nspname) || '.' || quote_ident(d.dictname), ', '
                                       ORDER BY m.mapseqno)
                  FROM pg_ts_config_map m
                  JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype
                  JOIN pg_ts_dict d ON d.oid = m.mapdict
                  JOIN pg_namespace dn ON dn.oid = d.dictnamespace
                  WHERE m.mapcfg = c.oid
                  GROUP BY k.alias ORDER BY k.alias)
  FROM pg_ts_config c
  JOIN pg_ts_parser p ON p.oid = c.cfgparser
  JOIN pg_namespace n ON n.oid = p.prsnamespace
  WHERE c.oid >= 16384
)
SELECT o.class AS _class, o.oid AS _oid,
       lower('text search ' || o.word) AS kind,
       n.nspname AS schema,
       quote_ident(o.name) AS name,
       pg_get_userbyid(o.owner) AS owner,
       (SELECT array_agg(CASE b.place WHEN 1 THEN 'CREATE' ELSE 'ALTER' END || ' TEXT SEARCH '
                         || o.word || ' ' || quote_ident(n.nspname) || '.' || quote_ident(o.name)
                         || b.text ORDER BY b.place)
        FROM unnest(o.body) WITH ORDINALITY AS b(text, place)) AS definition,
       ARRAY['DROP TEXT SEARCH ' || o.word || ' ' || quote_ident(n.nspname) || '.'
             || quote_ident(o.name)] AS drop,
       d.description AS comment
FROM object o
JOIN pg_namespace n ON n.oid = o.namespace
LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = o.class
WHERE o.oid >= 16384
  AND NOT EXISTS (SELECT FROM members m WHERE m.classid = o.class AND m.objid = o.oid)
ORDER BY o.place
