SELECT pg_database_size(d.oid) AS database_bytes,
       extract(epoch FROM pg_postmaster_start_time()) AS started_at,
       extract(epoch FROM s.stats_reset) AS stats_reset,
       s.xact_commit AS commits,
       s.xact_rollback AS rollbacks,
       s.blks_hit AS blocks_hit,
       s.blks_read AS blocks_read,
       s.temp_bytes,
       s.deadlocks,
       s.numbackends AS connections,
       age(d.datfrozenxid) AS frozen_age,
       mxid_age(d.datminmxid) AS multixact_age,
       a.archived_count,
       a.failed_count AS archive_failed_count,
       extract(epoch FROM a.last_archived_time) AS last_archived_at,
       extract(epoch FROM a.last_failed_time) AS last_archive_failure_at,
       c.checkpoints_timed, --@<17
       c.checkpoints_req AS checkpoints_requested, --@<17
       c.num_timed AS checkpoints_timed, --@17+
       c.num_requested AS checkpoints_requested, --@17+
       extract(epoch FROM c.stats_reset) AS checkpoints_since
FROM pg_database d
LEFT JOIN pg_stat_database s ON s.datid = d.oid
CROSS JOIN pg_stat_archiver a
CROSS JOIN pg_stat_bgwriter c --@<17
CROSS JOIN pg_stat_checkpointer c --@17+
WHERE d.datname = current_database()
