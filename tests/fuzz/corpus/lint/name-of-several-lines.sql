
-- instead of
ALTER TABLE "accounts" ADD CONSTRAINT "positiv
SET foo.lock_tim;

ALTER TABLE foo ADD COLUMN bar text CONSTRAINT foo_bar_unique UNIQUE;
        SET foo.statement_timeout = '5s';
ALTER TABLE t ADD COLUMe_balance" CHECK ("balance" >= 0);
        