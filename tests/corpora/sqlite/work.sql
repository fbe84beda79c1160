.bail on
PRAGMA journal_mode=DELETE;
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, born INT, score REAL);
CREATE TABLE trade(id INTEGER PRIMARY KEY, buyer INT REFERENCES person, seller INT REFERENCES person, amount REAL, note BLOB);
CREATE INDEX trade_buyer ON trade(buyer);
BEGIN;
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<2000)
INSERT INTO person SELECT i, printf('%c%c-%05d', 65+i%26, 97+i*7%26, i*7919%100003), 1900+i%120, i*i%997/7.0 FROM n;
WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<20000)
INSERT INTO trade SELECT i, 1+i*31%2000, 1+i*17%2000, (i*7919%100003)/3.0, zeroblob(i%300) FROM n;
COMMIT;
SELECT count(*), sum(amount), avg(length(note)) FROM trade;
SELECT p.name, count(*) c, round(sum(t.amount),6) s FROM person p JOIN trade t ON t.buyer=p.id JOIN person q ON q.id=t.seller AND q.born<p.born GROUP BY p.id ORDER BY s DESC, p.name LIMIT 20;
BEGIN; DELETE FROM trade WHERE id%3=0; UPDATE person SET name=upper(name); SELECT count(*) FROM trade; ROLLBACK;
SELECT count(*) FROM trade;
SAVEPOINT a; UPDATE trade SET amount=-amount WHERE buyer<50; ROLLBACK TO a; RELEASE a;
CREATE VIEW rich AS SELECT * FROM person WHERE score>100;
SELECT count(*), min(name), max(name) FROM rich;
SELECT born, rank() OVER (ORDER BY avg(score) DESC), sum(count(*)) OVER (ORDER BY born) FROM person GROUP BY born LIMIT 15;
CREATE TRIGGER log AFTER DELETE ON person BEGIN INSERT INTO trade(buyer,amount) VALUES(old.id,-1); END;
DELETE FROM person WHERE id BETWEEN 100 AND 400;
SELECT count(*), total(amount) FROM trade WHERE amount<0;
CREATE VIRTUAL TABLE words USING fts5(text);
INSERT INTO words SELECT group_concat(name,' ') FROM person GROUP BY born;
SELECT count(*) FROM words WHERE words MATCH 'ab*';
SELECT json_group_array(json_object('n',name,'s',score)) FROM (SELECT * FROM person ORDER BY id LIMIT 5);
SELECT typeof(1e300*1e300), 1.0/3, sqrt(2), sin(1), pow(2,0.5), 9223372036854775807, CAST('1e5' AS INT);
VACUUM;
PRAGMA integrity_check;
