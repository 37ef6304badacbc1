SELECT 'postgresql' AS engine,
       split_part(current_setting('server_version'), ' ', 1) AS version,
       current_setting('server_version_num') AS version_number,
       d.datname AS database,
       pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS collation,
       current_user AS role,
       current_setting('is_superuser') = 'on' AS superuser,
       extract(epoch FROM now()) AS read_at,
       pg_is_in_recovery() AS in_recovery,
       current_setting('data_checksums') = 'on' AS data_checksums,
       EXISTS (SELECT FROM pg_subscription s WHERE s.subdbid = d.oid) AS _has_subscriptions
FROM pg_database d
WHERE d.datname = current_database()
