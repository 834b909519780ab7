import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { pino } from 'pino';
import { createKeyring, type Keyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import {
  type Audit,
  type AuditEntry,
  type ChainFinding,
  createAudit,
  createAuditCheckpoints,
  readCheckpoints,
  verifyAudit,
} from '../../src/modules/audit/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { forEachEngine } from '../support/engines.ts';
import { entriesMade, tamperings } from './audit-tamperings.ts';

forEachEngine((engine) => {
  let database: OpenDatabase;
  let keyring: Keyring;
  let audit: Audit;
  let institutions = 0;
  before(async () => {
    database = await engine.freshDatabase();
    keyring = createKeyring({ database, masterKey: randomBytes(32), clock: systemClock });
    audit = createAudit({ keyring });
  });

  for (const { done, sql, finding } of tamperings) {
    test(`${done}: found at entry ${finding.sequence}`, async () => {
      const id = await institutionWithEntries();
      assert.deepEqual(await findingOf(id), undefined);
      const source = sql.includes('SOURCE') ? await institutionWithEntries() : undefined;
      await tamper(id, sql.replaceAll('SOURCE', source ?? ''));
      keyring.forget(id);
      assert.deepEqual(await findingOf(id), finding);
      if (source !== undefined) assert.equal((await findingOf(source))?.kind, 'missing');
    });
  }

  test('a number twice is found, also where two batches meet', async () => {
    const id = await institutionWithEntries('LONG', 1_050);
    const report = (await verify(id))[0];
    assert.deepEqual([report?.entryCount, report?.finding], [1_050, undefined]);
    await database.asOperator((tx) => tx.client.query('alter table audit_entry drop constraint audit_entry_pkey'));
    for (const sequence of [1_001, 501, 500, 3]) {
      await tamper(
        id,
        `insert into audit_entry select * from audit_entry where institution_id = $1 and sequence = ${sequence} limit 1`,
      );
      assert.deepEqual(await findingOf(id), { kind: 'duplicated', sequence });
    }
    await tamper(id, 'delete from audit_entry where institution_id = $1');
    await database.asOperator((tx) =>
      tx.client.query('alter table audit_entry add constraint audit_entry_pkey primary key (institution_id, sequence)'),
    );
  });

  test('a whole chain put back with its head is found by a checkpoint of the log, and only by it', async () => {
    const id = await institutionWithEntries('BACK', entriesMade - 1);
    const early = await logOfCheckpoints();
    const head = await database.inInstitution(id, (tx) =>
      tx.db.selectFrom('audit_head').selectAll().where('institution_id', '=', id).executeTakeFirstOrThrow(),
    );
    await append(id, 1);
    const late = await logOfCheckpoints();
    await tamper(id, 'delete from audit_entry where institution_id = $1 and sequence = 6');
    await database.asOperator((tx) =>
      tx.db.updateTable('audit_head').set(head).where('institution_id', '=', id).execute(),
    );
    assert.equal(await findingOf(id), undefined);
    assert.equal(await findingOf(id, early), undefined);
    assert.deepEqual(await findingOf(id, [...early, ...late]), { kind: 'checkpointMissed', sequence: 6 });
    await append(id, 1, { from: 7 });
    assert.equal(await findingOf(id), undefined, 'the server goes on and knows nothing');
    assert.deepEqual(await findingOf(id, [...early, ...late]), { kind: 'checkpointDiffers', sequence: 6 });
    const both = await verify(id, [...early, ...(await logOfCheckpoints())]);
    assert.deepEqual(
      both.map(({ finding, checkpointCount }) => [finding, checkpointCount]),
      [[undefined, 2]],
    );
  });

  test('entries beyond an older head that was put back are found without any log', async () => {
    const id = await institutionWithEntries('BEYOND');
    const head = await database.inInstitution(id, (tx) =>
      tx.db.selectFrom('audit_head').selectAll().where('institution_id', '=', id).executeTakeFirstOrThrow(),
    );
    await append(id, 1);
    await database.asOperator((tx) =>
      tx.db.updateTable('audit_head').set(head).where('institution_id', '=', id).execute(),
    );
    assert.deepEqual(await findingOf(id), { kind: 'beyondHead', sequence: 7 });
    await assert.rejects(append(id, 1), 'the number is taken');
  });

  test('an institution that the log knows and the database does not is found', async () => {
    const line = JSON.stringify({ msg: 'audit checkpoint', institution: 'NOBODY', sequence: 9, hash: '00' });
    assert.deepEqual(await findingOf('NOBODY', [line]), { kind: 'checkpointMissed', sequence: 1 });
  });

  test('nothing is appended to a chain whose head is not authentic', async () => {
    const id = await institutionWithEntries();
    await tamper(id, 'update audit_head set hash = mac where institution_id = $1');
    await assert.rejects(append(id, 1), /head of the audit trail is not authentic/);
    assert.match(await checkpointLine(id), /"level":50,.*"msg":"audit head is not authentic"/);
  });

  test('nothing is appended where the trail is gone, its head or its beginning: no chain begins anew', async () => {
    const whole = 'delete from audit_entry where institution_id = $1';
    const head = 'delete from audit_head where institution_id = $1';
    for (const [sql, refusal, logged] of [
      [`${whole};${head}`, /the head of the audit trail is missing/, /"level":50,.*"msg":"audit head is missing"/],
      [head, /the head of the audit trail is missing/, /"level":50,.*"msg":"audit head is missing"/],
      [whole, /the first entry of the audit trail is missing/, /"msg":"audit checkpoint"/],
      [`${whole} and sequence = 1`, /the first entry of the audit trail is missing/, /"msg":"audit checkpoint"/],
    ] as const) {
      const id = await institutionWithEntries();
      await tamper(id, sql);
      const found = await findingOf(id);
      await assert.rejects(append(id, 1), refusal);
      assert.match(await checkpointLine(id), logged);
      assert.deepEqual(await findingOf(id), found, 'and it stays found');
    }
  });

  test('a chain begins with its institution, which never acted', async () => {
    const id = await institutionWithEntries('NEWBORN', 1);
    const [report] = await verify(id);
    assert.deepEqual([report?.entryCount, report?.finding], [1, undefined]);
    const rows = await database.inInstitution(id, (tx) => tx.db.selectFrom('audit_entry').selectAll().execute());
    assert.deepEqual(
      rows.map(({ sequence, principal_kind, operation, resource, outcome, detail }) => ({
        ...{ sequence, principal_kind, operation, resource, outcome, detail },
      })),
      [
        {
          sequence: 1,
          principal_kind: 'operator',
          operation: 'createInstitution',
          resource: id,
          outcome: 'done',
          detail: { defaultCountry: 'US' },
        },
      ],
    );
    assert.match(await checkpointLine(id), /"sequence":1,.*"msg":"audit checkpoint"/);
    const made = await database.asOperator((tx) =>
      createInstitution({ keyring }, tx, { id, name: 'Again', at: new Date() }),
    );
    assert.equal(made, false, 'one that is there gets no second beginning');
    assert.deepEqual((await verify(id))[0], report);
  });

  test('of several that make one institution at once one begins its chain', async () => {
    const made = await Promise.all(
      Array.from({ length: 4 }, () =>
        database.asOperator((tx) => createInstitution({ keyring }, tx, { id: 'RACE', name: 'R', at: new Date() })),
      ),
    );
    assert.deepEqual(made.toSorted(), [false, false, false, true]);
    await append('RACE', 2);
    const [report] = await verify('RACE');
    assert.deepEqual([report?.entryCount, report?.finding], [3, undefined]);
  });

  test('an institution whose row is gone is found by what is left of it', async () => {
    const id = await institutionWithEntries('ROWLESS');
    const constraints = await foreignKeysToInstitution();
    for (const { drop } of constraints) await tamper(id, drop);
    for (const table of ['audit_entry', 'audit_head'])
      await tamper(id, `delete from ${table} where institution_id = $1`);
    await tamper(id, 'delete from institution where id = $1');
    assert.deepEqual(await findingOf(id), { kind: 'trailMissing', sequence: 1 });
    await tamper(id, 'delete from wrapped_key where institution_id = $1');
    assert.deepEqual(await verify(id), [], 'nothing is left of it: only a log knows');
    const line = JSON.stringify({ msg: 'audit checkpoint', institution: id, sequence: 6, hash: '00' });
    assert.deepEqual(await findingOf(id, [line]), { kind: 'checkpointMissed', sequence: 1 });
    for (const { add } of constraints) await tamper(id, add);
  });

  test('neither the application role nor a slip of the owner changes an entry', async () => {
    const id = await institutionWithEntries();
    for (const statement of [
      `update audit_entry set address = 'x'`,
      'delete from audit_entry',
      'truncate audit_entry',
    ]) {
      await assert.rejects(
        database.inInstitution(id, (tx) => tx.client.query(statement)),
        { code: '42501' },
      );
      await assert.rejects(
        database.asOperator((tx) => tx.client.query(statement)),
        { code: '42501' },
      );
    }
    for (const statement of ['delete from audit_head', 'insert into audit_head select * from audit_head']) {
      await assert.rejects(
        database.inInstitution(id, (tx) => tx.client.query(statement)),
        { code: '42501' },
      );
    }
    assert.equal(await findingOf(id), undefined);
  });

  test('lines of a log that are no checkpoint are passed over', async () => {
    const good = { msg: 'audit checkpoint', institution: 'DEMOBANK', sequence: 1, hash: 'ab' };
    const lines = [
      '',
      'audit checkpoint',
      '{ audit checkpoint',
      JSON.stringify({ ...good, sequence: 0 }),
      JSON.stringify({ ...good, msg: 'other', about: 'audit checkpoint' }),
      `2026-01-31T09:30:00Z host rollcall[17]: ${JSON.stringify(good)}`,
    ];
    const { checkpoints, count } = await readCheckpoints(linesOf(lines));
    assert.equal(count, 1);
    assert.deepEqual(checkpoints.get('DEMOBANK')?.get(1), new Set(['ab']));
  });

  async function institutionWithEntries(id = nextId(), count = entriesMade): Promise<string> {
    await database.asOperator((tx) => createInstitution({ keyring }, tx, { id, name: id, at: new Date() }));
    await append(id, count - 1, { from: 2 });
    return id;
  }

  function nextId(): string {
    institutions += 1;
    return `VICTIM${institutions}`;
  }

  async function append(id: string, count: number, { from } = { from: 1 }): Promise<void> {
    await database.inInstitution(id, async (tx) => {
      for (let index = from; index < from + count; index += 1) await audit.append(tx, exampleEntry(index));
    });
  }

  async function tamper(id: string, sql: string): Promise<void> {
    await database.asOperator(async (tx) => {
      await tx.client.query('alter table audit_entry disable trigger audit_entry_append_only');
      for (const statement of sql.split(';')) await tx.client.query(statement, statement.includes('$1') ? [id] : []);
      await tx.client.query('alter table audit_entry enable trigger audit_entry_append_only');
    });
  }

  async function foreignKeysToInstitution(): Promise<{ drop: string; add: string }[]> {
    const { rows } = await database.asOperator((tx) =>
      tx.client.query<{ drop: string; add: string }>(`
        select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
          format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as add
        from pg_constraint where contype = 'f' and confrelid = 'institution'::regclass
        order by conname limit 100`),
    );
    return rows;
  }

  async function checkpointLine(id: string): Promise<string> {
    return (await logOfCheckpoints()).find((text) => text.includes(`"${id}"`)) ?? '';
  }

  async function logOfCheckpoints(): Promise<string[]> {
    const lines: string[] = [];
    const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
    await createAuditCheckpoints({ database, keyring, logger }).write();
    return lines;
  }

  async function verify(institutionId: string, log: readonly string[] = []) {
    const { checkpoints } = await readCheckpoints(linesOf(log));
    return await verifyAudit({ database, keyring }, { institutionId, checkpoints });
  }

  async function findingOf(id: string, log?: readonly string[]): Promise<ChainFinding | undefined> {
    const reports = await verify(id, log);
    assert.deepEqual(
      reports.map(({ institutionId }) => institutionId),
      [id],
    );
    return reports[0]?.finding;
  }
});

function exampleEntry(index: number): AuditEntry {
  return {
    at: new Date(Date.UTC(2026, 0, 31, 9, 30, 0, index)),
    actor: { kind: 'application', principalId: 'p', applicationId: 'a', address: '192.0.2.1' },
    operation: 'listCustomers',
    resource: `r${index}`,
    outcome: 'done',
    detail: { customerCount: 10, nested: { b: [1.5, null, 'é'], a: true }, revealReason: 'case "7"\n' },
  };
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
