import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InstitutionTx } from '../../src/db/transaction.ts';
import { createOperatorPeople } from '../../src/modules/people/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { constants, seedResources } from './denial-samples.ts';
import { linkFor, makeAccount, makePerson, peopleOf } from './people-data.ts';

/**
 * The second wall, table by table, with statements that have no `where`: an institution that owns nothing sees nothing,
 * and what it sees of others because they act for it, it cannot change.
 */
forEachEngine((engine) => {
  let bank: TestApp;
  let tables: readonly string[];
  const empty = 'EMPTYBNK';

  before(async () => {
    bank = await startTestApp(engine);
    await bank.jobs.start();
    await seedResources(bank);
    await makePerson(bank, peopleOf(bank));
    await linkFor(bank, (await makeAccount(bank)).id);
    await bank.send({ method: 'POST', url: '/service/customerAudiences', headers: { 'idempotency-key': 'x' } });
    await bank.database.asOperator((tx) =>
      tx.client.query("insert into institution (id, name, created_at) values ($1, 'Empty', now())", [empty]),
    );
    const { rows } = await bank.database.asOperator((tx) =>
      tx.client.query<{ name: string }>(
        `select distinct table_name as name from information_schema.role_table_grants
          where grantee = 'rollcall_app' and table_schema = 'public' and privilege_type = 'SELECT' order by 1`,
      ),
    );
    tables = rows.map(({ name }) => name);
  });
  after(() => bank.close());

  /** The last statement of its transaction when it is refused; what it did is taken back. */
  const as = <Value>(institution: string, work: (tx: InstitutionTx) => Promise<Value>) =>
    bank.database.inInstitution(institution, work, { rollBack: true });
  const run = async (institution: string, statement: string) => {
    try {
      return (await as(institution, (tx) => tx.client.query(statement))).rowCount;
    } catch (error) {
      // Insufficient privilege, or a row that the policies do not allow.
      if (error instanceof Error && 'code' in error && error.code === '42501') return 'refused';
      throw error;
    }
  };

  test('an institution that owns nothing reads, changes and deletes nothing of any table', async () => {
    assert.ok(tables.length > 20);
    for (const table of tables.filter((name) => name !== 'institution')) {
      assert.equal(await run(empty, `select * from ${table}`), 0, table);
      for (const statement of [`update ${table} set institution_id = '${empty}'`, `delete from ${table}`]) {
        assert.ok([0, 'refused'].includes((await run(empty, statement)) ?? 'none'), statement);
      }
    }
  });

  test('no row is given away to another institution', async () => {
    for (const table of tables.filter((name) => name !== 'institution')) {
      if ((await run(institutionId, `select * from ${table} limit 1`)) === 0) continue;
      // A grant for another institution is the home's to give: it is made, not moved.
      const own = `institution_id = '${institutionId}'`;
      const moved = run(institutionId, `update ${table} set institution_id = '${empty}' where ${own}`);
      if (table === 'application_grant') await moved;
      else assert.equal(await moved, 'refused', table);
    }
  });

  test('of whom acts for it from elsewhere an institution sees no secret, and changes and deletes nothing', async () => {
    const { loginName } = await makeAccount(bank);
    await createOperatorPeople(bank).setRoles(loginName, { institutionId: otherInstitutionId, roles: ['analyst'] });
    const third = String(constants.institutionId);
    const foreign = `where institution_id = '${institutionId}'`;
    for (const [table, view, guest] of [
      ['user_account', 'seen_user_account', otherInstitutionId],
      ['application', 'seen_application', third],
    ] as const) {
      assert.equal(await run(guest, `select * from ${view} ${foreign}`), 1, view);
      for (const name of [table, view]) {
        const expected = name === table ? 0 : 'refused';
        assert.equal(await run(guest, `update ${name} set state = 'disabled' ${foreign}`), expected, name);
        assert.equal(await run(guest, `delete from ${name} ${foreign}`), expected, name);
      }
    }
    // A statement that forgot its `where` and its columns.
    const seenOfHome = new Set<string>();
    for (const guest of [otherInstitutionId, third]) {
      for (const table of tables.filter((name) => name !== 'institution')) {
        const { fields, rows } = await as(guest, (tx) => tx.client.query(`select * from ${table}`));
        if (rows.every((row) => row.institution_id === guest)) continue;
        seenOfHome.add(table);
        const names = fields.map(({ name }) => name);
        assert.deepEqual(
          names.filter((name) => /hash$|secret$|^totp|^password/.test(name)),
          [],
          `${table} of ${guest}`,
        );
      }
    }
    assert.deepEqual([...seenOfHome].sort(), ['seen_application', 'seen_user_account']);
  });
});
