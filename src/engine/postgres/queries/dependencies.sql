-- What one object needs of another, without what follows from the structure. A view's rule stands
-- for the view, a default for its column.
SELECT DISTINCT
       CASE WHEN w.oid IS NULL AND ad.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END
         AS _class,
       coalesce(w.ev_class, ad.adrelid, d.objid) AS _oid,
       coalesce(ad.adnum, 0) AS _number,
       d.refclassid AS _needs_class,
       d.refobjid AS _needs_oid
FROM pg_depend d
LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
                          AND w.rulename = '_RETURN'
LEFT JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
WHERE d.deptype = 'n' AND d.objid >= 16384 AND d.refobjid >= 16384
  AND d.refclassid <> 'pg_namespace'::regclass
  AND (d.refclassid <> 'pg_extension'::regclass OR d.classid = 'pg_extension'::regclass)
  -- What a foreign key refers to.
  AND NOT (d.classid = 'pg_constraint'::regclass AND d.refclassid = 'pg_class'::regclass)
