-- Foreign data wrappers, servers, user mappings. Secrets among their options stay where they are.
WITH members AS (SELECT classid, objid FROM pg_depend
                 WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'),
object AS (
  SELECT f.tableoid AS class, f.oid, 1 AS place, 'foreign data wrapper' AS kind,
         quote_ident(f.fdwname) AS name, f.fdwowner AS owner,
         CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::regproc ELSE ' NO HANDLER' END
         || CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::regproc
                 ELSE ' NO VALIDATOR' END AS body,
         f.fdwoptions AS options, NULL::text[] AS properties,
         CASE WHEN f.fdwacl @> acldefault('F', f.fdwowner) AND f.fdwacl <@ acldefault('F', f.fdwowner)
              THEN NULL ELSE f.fdwacl END AS acl
  FROM pg_foreign_data_wrapper f
  UNION ALL
  SELECT s.tableoid, s.oid, 2, 'server', quote_ident(s.srvname), s.srvowner,
         coalesce(' TYPE ' || quote_literal(s.srvtype), '')
         || coalesce(' VERSION ' || quote_literal(s.srvversion), '')
         || ' FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname),
         s.srvoptions, ARRAY['foreign_data_wrapper=' || f.fdwname],
         CASE WHEN s.srvacl @> acldefault('S', s.srvowner) AND s.srvacl <@ acldefault('S', s.srvowner)
              THEN NULL ELSE s.srvacl END
  FROM pg_foreign_server s
  JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
  UNION ALL
  SELECT 'pg_user_mapping'::regclass::oid, u.umid, 3, 'user mapping',
         'FOR ' || CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END
         || ' SERVER ' || quote_ident(u.srvname), NULL, '', u.umoptions,
         array_remove(ARRAY['server=' || u.srvname,
                            CASE WHEN u.umuser <> 0 THEN 'role=' || u.usename END], NULL), NULL
  FROM pg_user_mappings u
)
SELECT o.class AS _class, o.oid AS _oid, o.kind, o.name,
       pg_get_userbyid(o.owner) AS owner,
       ARRAY['CREATE ' || upper(o.kind) || ' ' || o.name || o.body
             || coalesce(' OPTIONS (' || p.text || ')', '')] AS definition,
       ARRAY['DROP ' || upper(o.kind) || ' ' || o.name] AS drop,
       o.properties,
       o.acl,
       p.secrets AS _secrets,
       d.description AS comment
FROM object o
LEFT JOIN LATERAL (
  SELECT string_agg(quote_ident(x.name) || ' ' || quote_literal(x.value), ', ' ORDER BY x.name)
           FILTER (WHERE NOT x.secret) AS text,
         string_agg(x.name, ', ' ORDER BY x.name) FILTER (WHERE x.secret) AS secrets
  FROM (SELECT option_name AS name, option_value AS value,
               option_name ~* '(password|passwd|passphrase|secret|token|credential|api_?key)$' AS secret
        FROM pg_options_to_table(o.options)) x) p ON true
LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = o.class
WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = o.class AND m.objid = o.oid)
ORDER BY o.place
