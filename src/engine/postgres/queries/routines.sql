SELECT p.tableoid AS _class, p.oid AS _oid,
       n.nspname AS schema,
       p.proname AS name,
       CASE WHEN a.aggkind <> 'n' THEN pg_get_function_identity_arguments(p.oid)
            WHEN a.aggfnoid IS NOT NULL AND p.pronargs = 0 THEN '*'
            ELSE oidvectortypes(p.proargtypes) END AS arguments,
       CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
                      ELSE 'window' END AS kind,
       pg_get_userbyid(p.proowner) AS owner,
       l.lanname AS language,
       pg_get_function_result(p.oid) AS returns,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END
         AS volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END
         AS parallel,
       p.proisstrict AS strict,
       p.prosecdef AS security_definer,
       p.proleakproof AS leakproof,
       p.proconfig AS settings,
       CASE WHEN a.aggfnoid IS NULL THEN rtrim(pg_get_functiondef(p.oid), E'\n') ELSE
         'CREATE AGGREGATE ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '('
         || CASE p.pronargs WHEN 0 THEN '*' ELSE pg_get_function_arguments(p.oid) END || E') (\n    '
         || array_to_string(ARRAY[
              'SFUNC = ' || a.aggtransfn,
              'STYPE = ' || format_type(a.aggtranstype, NULL),
              'SSPACE = ' || nullif(a.aggtransspace, 0),
              'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc,
              CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
              CASE WHEN a.aggfinalfn <> 0
                   AND a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w' END
                   THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY'
                        WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
              'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc,
              'SERIALFUNC = ' || nullif(a.aggserialfn, 0)::regproc,
              'DESERIALFUNC = ' || nullif(a.aggdeserialfn, 0)::regproc,
              'INITCOND = ' || quote_literal(a.agginitval),
              'MSFUNC = ' || nullif(a.aggmtransfn, 0)::regproc,
              'MINVFUNC = ' || nullif(a.aggminvtransfn, 0)::regproc,
              'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL),
              'MSSPACE = ' || nullif(a.aggmtransspace, 0),
              'MFINALFUNC = ' || nullif(a.aggmfinalfn, 0)::regproc,
              CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
              CASE WHEN a.aggmfinalfn <> 0
                   AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w' END
                   THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY'
                        WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
              'MINITCOND = ' || quote_literal(a.aggminitval),
              'SORTOP = OPERATOR(' || quote_ident(so_n.nspname) || '.' || so.oprname || ')',
              CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END,
              CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE'
                                 WHEN 'r' THEN 'PARALLEL = RESTRICTED' END], E',\n    ')
         || E'\n)' END AS definition,
       CASE WHEN p.proacl @> acldefault('f', p.proowner) AND p.proacl <@ acldefault('f', p.proowner)
            THEN NULL ELSE p.proacl END AS acl,
       d.description AS comment
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
LEFT JOIN pg_operator so ON so.oid = nullif(a.aggsortop, 0)
LEFT JOIN pg_namespace so_n ON so_n.oid = so.oprnamespace
LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
                              AND d.objsubid = 0
WHERE p.oid >= 16384
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND p.oid NOT IN (SELECT objid FROM pg_depend
                    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND classid = 'pg_proc'::regclass)
  -- The constructors of a range type are made with it.
  AND p.oid NOT IN (SELECT d.objid FROM pg_range r
                    JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass
                                        AND d.refobjid = r.rngtypid
                    WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'i')
  AND p.oid NOT IN (SELECT d.objid FROM pg_range r --@14+
                    JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass --@14+
                                        AND d.refobjid = r.rngmultitypid --@14+
                    WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'i') --@14+
