-- old
CREATE SUBSCRIPTION stays CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION stays IS 'it stays';
CREATE SUBSCRIPTION changes CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);
-- new
CREATE SUBSCRIPTION stays CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION changes CONNECTION 'host=127.0.0.1 port=2' PUBLICATION p, q WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION comes CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION comes IS 'it comes';
