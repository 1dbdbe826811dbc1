-- An order database in memory: load, skewed point work on it, a report, then work on other customers.
PRAGMA page_size = 4096;
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, balance INTEGER, note TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, item INTEGER, amount INTEGER, note TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
  INSERT INTO customer SELECT i, 'customer ' || (i * 7919 % 60000), 1000, hex(zeroblob(60)) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
  INSERT INTO orders SELECT i, 1 + i * 48271 % 60000, i * 16807 % 5000, i * 69621 % 1000, hex(zeroblob(40)) FROM n;
CREATE INDEX orders_customer ON orders (customer);
CREATE INDEX customer_name ON customer (name);
-- Point updates of popular customers: the square makes low numbers popular.
CREATE TABLE pick (i INTEGER PRIMARY KEY, c INTEGER);
WITH RECURSIVE n(i, x) AS (SELECT 1, 12345 UNION ALL SELECT i + 1, (x * 1103515245 + 12345) % 2147483648 FROM n WHERE i < 120000)
  INSERT INTO pick SELECT i, 1 + (x / 65536) * (x / 65536) / 17896 % 60000 FROM n;
SELECT count(*), sum(o.amount) FROM pick p JOIN orders o ON o.customer = p.c WHERE p.i <= 60000;
UPDATE customer SET balance = balance + 1 WHERE id IN (SELECT c FROM pick WHERE i <= 60000);
INSERT INTO orders SELECT 150000 + i, c, i % 5000, i % 1000, 'late order' FROM pick WHERE i <= 40000;
-- A report that reads everything.
SELECT item, count(*), sum(amount) FROM orders GROUP BY item ORDER BY 3 DESC LIMIT 3;
-- Other customers become popular.
SELECT count(*), sum(o.amount) FROM pick p JOIN orders o ON o.customer = 60001 - p.c WHERE p.i > 60000;
UPDATE customer SET note = 'moved' WHERE id IN (SELECT 60001 - c FROM pick WHERE i > 90000);
DELETE FROM orders WHERE customer IN (SELECT c FROM pick WHERE i BETWEEN 50000 AND 60000);
SELECT count(*) FROM customer c JOIN customer d ON d.name = c.name WHERE c.id % 3 = 0;
