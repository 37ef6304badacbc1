SELECT funcid AS _oid, calls, total_time / 1000 AS total_seconds
FROM pg_stat_user_functions
