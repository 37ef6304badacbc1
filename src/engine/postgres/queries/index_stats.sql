SELECT c.oid AS _oid,
       coalesce(pg_relation_size(c.oid), 0) AS bytes,
       c.relpages AS pages,
       c.reltuples AS rows,
       pg_stat_get_numscans(c.oid) AS scans,
       extract(epoch FROM pg_stat_get_lastscan(c.oid)) AS last_scan, --@16+
       pg_stat_get_tuples_returned(c.oid) AS tuples_read
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class r ON r.oid = i.indrelid
WHERE i.indrelid >= 16384 AND r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't'
