-- Spreading a registry by unit over several PostgreSQL servers, with Citus.
--
-- NOT TESTED: written from Citus's documented rules, run by nobody yet. Try it on a copy put back
-- from a backup, then `fsmobile registry verify` and the program's own tests
-- (FSMOBILE_TEST_PG_DSN) before trusting it. docs/operations.md says when it is worth it: not
-- below what one server holds, which is more than the country needs today.
--
-- Run it once, by the owner of the tables, on the coordinator, with every `registry serve`
-- stopped, after `fsmobile registry migrate`:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -f distribution.sql ADDRESS
--
-- What it gives up: PostgreSQL no longer refuses by itself one op_id in two units. The program
-- looks before it writes, under the advisory lock, so it stays so as long as every
-- `registry serve` connects to the one coordinator.

CREATE EXTENSION IF NOT EXISTS citus;

-- Small, and joined to everything: a copy on each server.
SELECT create_reference_table('setting');
SELECT create_reference_table('epoch');
SELECT create_reference_table('device');
SELECT create_reference_table('enrol_code');
SELECT create_reference_table('writer');
SELECT create_reference_table('outcome');
SELECT create_reference_table('erased');
SELECT create_reference_table('closed_risk');
SELECT create_reference_table('former_scope');
SELECT create_reference_table('retention');
SELECT create_reference_table('moved');
SELECT create_reference_table('schedule_revision');

-- What was recorded: by scope, that is by unit. A key must name what spreads it.
ALTER TABLE op DROP CONSTRAINT op_pkey;
ALTER TABLE op DROP CONSTRAINT op_op_id_key;
ALTER TABLE op ADD PRIMARY KEY (scope, gsn);
ALTER TABLE op ADD UNIQUE (scope, op_id);
SELECT create_distributed_table('op', 'scope', shard_count => 64);
SELECT create_distributed_table('snapshot', 'scope', colocate_with => 'op');
SELECT create_distributed_table('snapshot_piece', 'scope', colocate_with => 'op');

-- The chains and what was set aside: by writer, which their keys begin with.
SELECT create_distributed_table('link', 'writer', shard_count => 64);
SELECT create_distributed_table('rejected_body', 'writer', colocate_with => 'link');
SELECT create_distributed_table('quarantine', 'writer', colocate_with => 'link');

-- Files of a schedule, by structure.
SELECT create_distributed_table('schedule_part', 'agency', shard_count => 64);

-- `link` and `op` are spread by different columns; the rare questions that join them (a proof of
-- rollback, `registry verify`, the page of one laptop) move rows between servers.
ALTER DATABASE :"DBNAME" SET citus.enable_repartition_joins = on;

-- Accounts, sessions, sign-in attempts and events stay on the coordinator.
