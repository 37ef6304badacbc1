SELECT r.rolname AS name,
       r.rolsuper AS superuser,
       r.rolcanlogin AS login,
       r.rolinherit AS inherit,
       r.rolcreaterole AS create_role,
       r.rolcreatedb AS create_database,
       r.rolreplication AS replication,
       r.rolbypassrls AS bypass_row_security,
       r.rolconnlimit AS connection_limit,
       CASE WHEN isfinite(r.rolvaliduntil) THEN extract(epoch FROM r.rolvaliduntil) END
         AS valid_until,
       m.member_of
FROM pg_roles r
LEFT JOIN (SELECT m.member, array_agg(DISTINCT g.rolname ORDER BY g.rolname) AS member_of
           FROM pg_auth_members m
           JOIN pg_roles g ON g.oid = m.roleid
           GROUP BY m.member) m ON m.member = r.oid
WHERE r.rolname !~ '^pg_'
