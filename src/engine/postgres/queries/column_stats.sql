SELECT schemaname AS _schema, tablename AS _relation, attname AS _column, inherited AS _inherited,
       null_frac AS null_fraction, n_distinct AS distinct, avg_width AS width, correlation
FROM pg_stats
WHERE schemaname <> 'pg_catalog' AND schemaname <> 'information_schema'
