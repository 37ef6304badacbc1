SELECT c.oid AS _oid,
       coalesce(pg_relation_size(c.oid), 0) AS bytes,
       c.relpages AS pages,
       c.reltuples AS rows,
       pg_stat_get_numscans(c.oid) AS scans,
       pg_stat_get_tuples_returned(c.oid) AS tuples_read,
       extract(epoch FROM pg_stat_get_lastscan(c.oid)) AS last_scan, --@16+
       pg_stat_get_tuples_fetched(c.oid) AS _fetched
FROM pg_class c
WHERE c.relkind IN ('i', 'I') AND c.oid >= 16384 AND c.relpersistence <> 't'
