SELECT s.seqrelid AS _oid, pg_sequence_last_value(s.seqrelid) AS last_value
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
WHERE c.relpersistence <> 't' AND s.seqrelid >= 16384
  AND NOT (pg_is_in_recovery() AND c.relpersistence = 'u')
  AND CASE WHEN has_sequence_privilege(s.seqrelid, 'SELECT,USAGE') THEN true END
