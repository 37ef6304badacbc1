SELECT p.tableoid AS _class, p.oid AS _oid, 'publication' AS kind,
       quote_ident(p.pubname) AS name,
       pg_get_userbyid(p.pubowner) AS owner,
       ARRAY['CREATE PUBLICATION ' || quote_ident(p.pubname)
             || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END
             || ' WITH (publish = ' || quote_literal(array_to_string(ARRAY[
                  CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                  CASE WHEN p.pubdelete THEN 'delete' END,
                  CASE WHEN p.pubtruncate THEN 'truncate' END], ', '))
             || CASE p.pubgencols WHEN 's' THEN ', publish_generated_columns = stored' ELSE '' END --@18+
             || CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' ELSE '' END || ')']
       || coalesce(s.statements, '{}') --@15+
       || coalesce(t.statements, '{}') AS definition,
       ARRAY['DROP PUBLICATION ' || quote_ident(p.pubname)] AS drop,
       t.tables AS properties,
       d.description AS comment
FROM pg_publication p
LEFT JOIN (SELECT x.pnpubid, array_agg('ALTER PUBLICATION ' || quote_ident(y.pubname) --@15+
                    || ' ADD TABLES IN SCHEMA ' || quote_ident(n.nspname) --@15+
                    ORDER BY n.nspname) AS statements --@15+
           FROM pg_publication_namespace x --@15+
           JOIN pg_publication y ON y.oid = x.pnpubid --@15+
           JOIN pg_namespace n ON n.oid = x.pnnspid --@15+
           GROUP BY x.pnpubid) s ON s.pnpubid = p.oid --@15+
LEFT JOIN (SELECT r.prpubid,
                  array_agg('ALTER PUBLICATION ' || quote_ident(y.pubname) || ' ADD TABLE ONLY '
                    || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
                    || coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' --@15+
                                                           ORDER BY a.attnum) --@15+
                                         FROM pg_attribute a WHERE a.attrelid = c.oid --@15+
                                           AND a.attnum = ANY (r.prattrs::int2[])) || ')', '') --@15+
                    || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '') --@15+
                    ORDER BY n.nspname, c.relname) AS statements,
                  array_agg('table ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '='
                    ORDER BY n.nspname, c.relname) AS tables
           FROM pg_publication_rel r
           JOIN pg_publication y ON y.oid = r.prpubid
           JOIN pg_class c ON c.oid = r.prrelid
           JOIN pg_namespace n ON n.oid = c.relnamespace
           GROUP BY r.prpubid) t ON t.prpubid = p.oid
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_publication'::regclass
WHERE p.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_publication'::regclass)
