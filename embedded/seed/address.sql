CREATE TABLE IF NOT EXISTS address (id INT, address VARCHAR(20));
DELETE FROM address;
INSERT INTO address (id, address) VALUES (1, "Germany"), (2, "USA")
