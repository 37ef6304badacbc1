-- The schema of a web shop that has grown for some years. It works, it loads, and it is full of
-- the mistakes that such schemas are full of; ./quickstart lets Architrave find them.

CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'Customers, their orders, and what they may order';
SET search_path = shop;

CREATE TYPE order_status AS ENUM ('new', 'paid', 'packed', 'shipped', 'cancelled');
COMMENT ON TYPE order_status IS 'Where an order is on its way to the customer';

-- People ------------------------------------------------------------------------------------------

CREATE TABLE customers (
  id             serial PRIMARY KEY,
  email          varchar(255) NOT NULL,
  name           text NOT NULL,
  password       text NOT NULL,
  country        char(2) NOT NULL DEFAULT 'DE',
  language       char(5),
  phone1         text,
  phone2         text,
  phone3         text,
  date_of_birth  date,
  loyalty_points integer NOT NULL DEFAULT 0,
  created_at     timestamp NOT NULL DEFAULT now(),
  deleted_at     timestamp,
  CONSTRAINT customers_email_key UNIQUE (email)
);
COMMENT ON TABLE customers IS 'Whoever has registered; a deleted one keeps its row for the invoices';
COMMENT ON COLUMN customers.deleted_at IS 'Soft delete: NULL for a customer who is still with us';
-- Somebody did not know that the constraint has made one already.
CREATE UNIQUE INDEX customers_email_idx ON customers (email);
CREATE INDEX customers_country_idx ON customers (country);

CREATE TABLE addresses (
  id          serial PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers ON DELETE CASCADE,
  line1       text NOT NULL,
  line2       text,
  city        text NOT NULL,
  postcode    varchar(10) NOT NULL,
  country     char(2) NOT NULL,
  is_default  boolean
);
COMMENT ON TABLE addresses IS 'Where customers live and where parcels go';

CREATE TABLE staff (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login      text NOT NULL UNIQUE,
  manager_id integer REFERENCES staff,
  role       text NOT NULL CHECK (role IN ('picker', 'support', 'buyer', 'admin')),
  api_token  text
);
COMMENT ON TABLE staff IS 'Who may log in to the back office';

-- What is for sale --------------------------------------------------------------------------------

CREATE TABLE categories (
  id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent_id integer REFERENCES categories,
  name      text NOT NULL,
  slug      text NOT NULL UNIQUE
);
CREATE INDEX categories_parent_id_idx ON categories (parent_id);

CREATE TABLE products (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku         char(12) NOT NULL UNIQUE,
  category_id bigint REFERENCES categories,  -- integer there, bigint here
  name        text NOT NULL,
  price       double precision NOT NULL,
  cost        money,
  vat_rate    real NOT NULL DEFAULT 0.19,
  tags        text,                          -- 'summer,sale,new'
  attributes  json NOT NULL DEFAULT '{}',
  picture     bytea,
  active      boolean NOT NULL DEFAULT true,
  updated_at  timestamp
);
COMMENT ON TABLE products IS 'The catalogue, with what is no longer sold';
COMMENT ON COLUMN products.tags IS 'Comma separated';
CREATE INDEX products_category_id_idx ON products (category_id);
CREATE INDEX products_category_name_idx ON products (category_id, name);
CREATE INDEX products_active_idx ON products (active);

-- Attributes that marketing makes up as it goes.
CREATE TABLE product_attributes (
  entity_id bigint NOT NULL REFERENCES products ON DELETE CASCADE,
  attribute text NOT NULL,
  value     text,
  PRIMARY KEY (entity_id, attribute)
);

CREATE TABLE warehouses (
  id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE,
  "Opening Hours" text
);
COMMENT ON TABLE warehouses IS 'Buildings that hold stock';

CREATE TABLE stock_levels (
  warehouse_id integer NOT NULL REFERENCES warehouses,
  product_id   bigint NOT NULL REFERENCES products,
  quantity     integer NOT NULL,
  PRIMARY KEY (warehouse_id, product_id)
);
COMMENT ON TABLE stock_levels IS 'How many of a product lie in a warehouse';

-- Orders ------------------------------------------------------------------------------------------

CREATE TABLE orders (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id         integer NOT NULL REFERENCES customers,
  shipping_address_id integer REFERENCES addresses,
  billing_address_id  integer REFERENCES addresses,
  status              order_status NOT NULL DEFAULT 'new',
  total               double precision NOT NULL,
  currency            char(3) NOT NULL DEFAULT 'EUR',
  coupon_code         text,
  placed_at           timestamp NOT NULL DEFAULT now(),
  shipped_at          timestamp
);
COMMENT ON TABLE orders IS 'What customers have bought';
COMMENT ON COLUMN orders.total IS 'With tax and shipping, in the currency of the order';
CREATE INDEX orders_placed_at_idx ON orders (placed_at);
CREATE INDEX orders_status_idx ON orders (status);

CREATE TABLE order_items (
  order_id   bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  position   integer NOT NULL,
  product_id bigint NOT NULL REFERENCES products,
  quantity   integer NOT NULL,
  unit_price double precision NOT NULL,
  PRIMARY KEY (order_id, position)
);
COMMENT ON TABLE order_items IS 'The lines of an order, with the price that was paid';
-- The primary key begins with it already.
CREATE INDEX order_items_order_id_idx ON order_items (order_id);

CREATE TABLE payments (
  id           bigserial PRIMARY KEY,
  order_id     bigint NOT NULL,               -- nobody has declared the foreign key
  amount       numeric(12, 2) NOT NULL,
  provider     varchar(20) NOT NULL,
  card_number  text,
  provider_ref uuid,
  paid_at      timestamptz
);
ALTER TABLE payments
  ADD CONSTRAINT payments_amount_check CHECK (amount > 0) NOT VALID;

-- Filled by a script on the payment provider's files: without a key, so that a file that is loaded
-- twice is there twice.
CREATE TABLE payment_imports (
  file_name text,
  line      integer,
  payload   json,
  loaded_at timestamp DEFAULT now()
);

-- Around it ---------------------------------------------------------------------------------------

-- A comment on a product, an order or a customer, whichever target_type says.
CREATE TABLE notes (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  target_type text NOT NULL,
  target_id   bigint NOT NULL,
  author_id   integer REFERENCES staff,
  body        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE reviews (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id  bigint NOT NULL REFERENCES products ON DELETE CASCADE,
  customer_id integer REFERENCES customers ON DELETE SET NULL,
  stars       smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
  body        text,
  external_id varchar(36),                    -- a UUID from the old shop
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (product_id, customer_id)
);
COMMENT ON TABLE reviews IS 'What customers think of products';

-- Everything that is clicked, by month.
CREATE TABLE events (
  id          bigint GENERATED BY DEFAULT AS IDENTITY,
  customer_id integer REFERENCES customers,
  kind        text NOT NULL,
  details     jsonb NOT NULL DEFAULT '{}',
  happened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, happened_at)
) PARTITION BY RANGE (happened_at);
COMMENT ON TABLE events IS 'Clicks, kept for two years';
CREATE TABLE events_2026_01 PARTITION OF events
  FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-02-01 00:00+00');
CREATE TABLE events_2026_02 PARTITION OF events
  FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_kind_idx ON events (kind);

-- Views -------------------------------------------------------------------------------------------

CREATE VIEW order_totals AS
  SELECT o.id AS order_id, o.customer_id, o.placed_at,
         sum(i.quantity * i.unit_price) AS total
  FROM orders o JOIN order_items i ON i.order_id = o.id
  GROUP BY o.id;
COMMENT ON VIEW order_totals IS 'Orders with the sum of their lines';

CREATE VIEW best_customers AS
  SELECT c.id, c.name, sum(t.total) AS spent
  FROM customers c JOIN order_totals t ON t.customer_id = c.id
  WHERE c.deleted_at IS NULL
  GROUP BY c.id;

CREATE MATERIALIZED VIEW sales_by_day AS
  SELECT placed_at::date AS day, count(*) AS orders, sum(total) AS revenue
  FROM orders WHERE status <> 'cancelled'
  GROUP BY 1
WITH NO DATA;
COMMENT ON MATERIALIZED VIEW sales_by_day IS 'For the dashboard; refreshed at night';

-- Who may do what ---------------------------------------------------------------------------------

-- The policy is there; nobody has switched row level security on.
CREATE POLICY own_orders ON orders
  USING (customer_id = current_setting('shop.customer_id')::integer);

ALTER TABLE addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON addresses FOR SELECT USING (true);

-- Runs as its owner, with whatever search_path its caller has set.
CREATE FUNCTION cancel_order(which bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE shop.orders SET status = 'cancelled' WHERE id = which AND status IN ('new', 'paid');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'order % can no longer be cancelled', which;
  END IF;
END
$$;
COMMENT ON FUNCTION cancel_order(bigint) IS 'Called by the shop for the customer';

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER products_touch BEFORE UPDATE ON products
  FOR EACH ROW EXECUTE FUNCTION touch();

GRANT USAGE ON SCHEMA shop TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON payments TO PUBLIC;
