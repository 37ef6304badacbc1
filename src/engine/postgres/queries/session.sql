-- Makes what follows come out the same whoever asks: every name qualified, every literal in ISO.
-- And short: no workers, no compiling, no sorting on disk.
SELECT set_config('search_path', '', true), set_config('quote_all_identifiers', 'off', true),
       set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true),
       set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true),
       set_config('bytea_output', 'hex', true),
       set_config('jit', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '32MB', true)
