SELECT name AS _name, coalesce(current_setting(name, true), setting) AS value, setting AS raw, unit,
       boot_val AS boot_value, source
FROM pg_settings
