-- What session.sql has set for this session is not the server's: there, what it would be without.
SELECT name AS _name,
       CASE WHEN source = 'session' THEN reset_val || coalesce(unit, '')
            ELSE coalesce(current_setting(name, true), setting) END AS value,
       CASE WHEN source = 'session' THEN reset_val ELSE setting END AS raw,
       unit, boot_val AS boot_value,
       CASE WHEN source <> 'session' THEN source
            WHEN reset_val = boot_val THEN 'default'
            ELSE 'configuration file' END AS source
FROM pg_settings
