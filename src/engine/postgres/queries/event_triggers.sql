SELECT e.tableoid AS _class, e.oid AS _oid, 'event trigger' AS kind,
       quote_ident(e.evtname) AS name,
       pg_get_userbyid(e.evtowner) AS owner,
       array_remove(ARRAY[
         'CREATE EVENT TRIGGER ' || quote_ident(e.evtname) || ' ON ' || quote_ident(e.evtevent)
         || coalesce(' WHEN TAG IN (' || (SELECT string_agg(quote_literal(t), ', ' ORDER BY t)
                                          FROM unnest(e.evttags) t) || ')', '')
         || ' EXECUTE FUNCTION ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '()',
         'ALTER EVENT TRIGGER ' || quote_ident(e.evtname)
         || CASE e.evtenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA'
                              WHEN 'A' THEN ' ENABLE ALWAYS' END], NULL) AS definition,
       ARRAY['DROP EVENT TRIGGER ' || quote_ident(e.evtname)] AS drop,
       ARRAY['event=' || e.evtevent,
             'function=' || quote_ident(n.nspname) || '.' || quote_ident(p.proname)] AS properties,
       d.description AS comment
FROM pg_event_trigger e
JOIN pg_proc p ON p.oid = e.evtfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_description d ON d.objoid = e.oid AND d.classoid = 'pg_event_trigger'::regclass
WHERE e.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_event_trigger'::regclass)
