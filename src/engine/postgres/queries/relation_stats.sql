SELECT c.oid AS _oid,
       coalesce(pg_table_size(c.oid), 0) AS bytes,
       c.relpages AS pages,
       c.relallvisible AS all_visible_pages,
       CASE WHEN c.reltuples = 0 AND c.relpages = 0 THEN -1 ELSE c.reltuples END AS rows, --@<14
       c.reltuples AS rows, --@14+
       pg_stat_get_live_tuples(c.oid) AS live_rows,
       pg_stat_get_dead_tuples(c.oid) AS dead_rows,
       pg_stat_get_numscans(c.oid) AS sequential_scans,
       pg_stat_get_tuples_returned(c.oid) AS sequential_rows_read,
       pg_stat_get_tuples_inserted(c.oid) AS inserted,
       pg_stat_get_tuples_updated(c.oid) AS updated,
       pg_stat_get_tuples_hot_updated(c.oid) AS hot_updated,
       pg_stat_get_tuples_deleted(c.oid) AS deleted,
       pg_stat_get_mod_since_analyze(c.oid) AS modified_since_analyze,
       extract(epoch FROM greatest(pg_stat_get_last_vacuum_time(c.oid),
                                   pg_stat_get_last_autovacuum_time(c.oid))) AS last_vacuum,
       extract(epoch FROM greatest(pg_stat_get_last_analyze_time(c.oid),
                                   pg_stat_get_last_autoanalyze_time(c.oid))) AS last_analyze,
       CASE WHEN c.relfrozenxid <> 0 THEN age(c.relfrozenxid) END AS frozen_age,
       CASE WHEN c.relminmxid <> 0 THEN mxid_age(c.relminmxid) END AS multixact_age
FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
