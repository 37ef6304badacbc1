-- Written so that loading it connects to nobody. Where the connection string can be read, it comes
-- without its password.
SELECT s.tableoid AS _class, s.oid AS _oid, 'subscription' AS kind,
       quote_ident(s.subname) AS name,
       pg_get_userbyid(s.subowner) AS owner,
       ARRAY['CREATE SUBSCRIPTION ' || quote_ident(s.subname) || ' CONNECTION '
             || quote_literal(regexp_replace(regexp_replace(s.subconninfo,
                  '\m(password|sslpassword)\s*=\s*(''(\\.|[^''\\])*''|\S*)\s*', '', 'gi'),
                  '(://[^/@:]*):[^@]*@', '\1@'))
             || ' PUBLICATION ' || (SELECT string_agg(quote_ident(p), ', ' ORDER BY p)
                                    FROM unnest(s.subpublications) p)
             || ' WITH (connect = false, slot_name = '
             || coalesce(quote_literal(s.subslotname), 'NONE')
             || CASE WHEN s.subbinary THEN ', binary = true' ELSE '' END --@14+
             || CASE s.substream WHEN 't' THEN ', streaming = on' --@16+
                                 WHEN 'p' THEN ', streaming = parallel' --@16+
                                 ELSE ', streaming = off' END --@16+
             || CASE WHEN s.substream THEN ', streaming = on' ELSE '' END --@14+ --@<16
             || CASE s.subtwophasestate WHEN 'd' THEN '' ELSE ', two_phase = on' END --@15+
             || CASE WHEN s.subdisableonerr THEN ', disable_on_error = true' ELSE '' END --@15+
             || CASE WHEN s.subpasswordrequired THEN '' ELSE ', password_required = false' END --@16+
             || CASE WHEN s.subrunasowner THEN ', run_as_owner = true' ELSE '' END --@16+
             || ', origin = ' || s.suborigin --@16+
             || CASE WHEN s.subfailover THEN ', failover = true' ELSE '' END --@17+
             || ', synchronous_commit = ' || quote_literal(s.subsynccommit) || ')'] AS definition,
       ARRAY['ALTER SUBSCRIPTION ' || quote_ident(s.subname) || ' SET (slot_name = NONE)',
             'DROP SUBSCRIPTION ' || quote_ident(s.subname)] AS drop,
       d.description AS comment
FROM pg_subscription s
LEFT JOIN pg_description d ON d.objoid = s.oid AND d.classoid = 'pg_subscription'::regclass
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
