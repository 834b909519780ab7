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

const entriesMade = 6;

/** What a hand with the owner's rights can do to the trail of `VICTIM` ($1), and what is found at which entry. */
const tamperings: readonly { done: string; sql: string; finding: ChainFinding }[] = [
  ...[
    `at = at + interval '1 millisecond'`,
    `principal_kind = 'person'`,
    `principal_id = 'somebody'`,
    `application_id = null`,
    `address = '203.0.113.9'`,
    `operation = 'getCustomer'`,
    `resource = 'r4'`,
    `outcome = 'denied'`,
    `detail = detail || '{"customerCount":4}'`,
    `detail = detail - 'customerCount'`,
    `hash = set_byte(hash, 31, get_byte(hash, 31) # 1)`,
  ].map((change) => ({
    done: `changed: ${change}`,
    sql: `update audit_entry set ${change} where institution_id = $1 and sequence = 3`,
    finding: { kind: 'altered', sequence: 3 } as const,
  })),
  {
    done: 'renumbered',
    sql: 'update audit_entry set sequence = 30 where institution_id = $1 and sequence = 3',
    finding: { kind: 'missing', sequence: 3 },
  },
  {
    done: 'numbered below the first',
    sql: 'update audit_entry set sequence = -3 where institution_id = $1 and sequence = 3',
    finding: { kind: 'altered', sequence: -3 },
  },
  {
    done: 'removed at the beginning',
    sql: 'delete from audit_entry where institution_id = $1 and sequence = 1',
    finding: { kind: 'missing', sequence: 1 },
  },
  {
    done: 'removed in the middle',
    sql: 'delete from audit_entry where institution_id = $1 and sequence in (3, 4)',
    finding: { kind: 'missing', sequence: 3 },
  },
  {
    done: 'removed, and those after it moved up',
    sql: `with gone as (delete from audit_entry where institution_id = $1 and sequence = 3)
      update audit_entry set sequence = sequence + 99 where institution_id = $1 and sequence > 3;
      update audit_entry set sequence = sequence - 100 where institution_id = $1 and sequence > 99;
      update audit_head set sequence = 5 where institution_id = $1`,
    finding: { kind: 'altered', sequence: 3 },
  },
  {
    done: 'removed at the end',
    sql: 'delete from audit_entry where institution_id = $1 and sequence = 6',
    finding: { kind: 'cutOff', sequence: 6 },
  },
  {
    done: 'removed at the end, and the head set to what is left',
    sql: `delete from audit_entry where institution_id = $1 and sequence = 6;
      update audit_head set sequence = 5, hash = e.hash from audit_entry e
      where audit_head.institution_id = $1 and e.institution_id = $1 and e.sequence = 5`,
    finding: { kind: 'headForged', sequence: 6 },
  },
  {
    done: 'the head removed',
    sql: 'delete from audit_head where institution_id = $1',
    finding: { kind: 'headMissing', sequence: 6 },
  },
  {
    done: 'all entries removed',
    sql: 'delete from audit_entry where institution_id = $1',
    finding: { kind: 'cutOff', sequence: 1 },
  },
  {
    done: 'two swapped',
    sql: `update audit_entry set sequence = 99 where institution_id = $1 and sequence = 3;
      update audit_entry set sequence = 3 where institution_id = $1 and sequence = 4;
      update audit_entry set sequence = 4 where institution_id = $1 and sequence = 99`,
    finding: { kind: 'altered', sequence: 3 },
  },
  {
    done: 'put in, and those after it moved down',
    sql: `update audit_entry set sequence = sequence + 100 where institution_id = $1 and sequence > 3;
      update audit_entry set sequence = sequence - 99 where institution_id = $1 and sequence > 100;
      insert into audit_entry (institution_id, sequence, at, principal_kind, principal_id, operation, outcome, hash)
        select institution_id, 4, at, principal_kind, principal_id, operation, outcome, hash from audit_entry
        where institution_id = $1 and sequence = 3`,
    finding: { kind: 'altered', sequence: 4 },
  },
  {
    done: 'put in at the end',
    sql: `insert into audit_entry (institution_id, sequence, at, principal_kind, principal_id, operation, outcome, hash)
        select institution_id, 7, at, principal_kind, principal_id, operation, outcome, hash from audit_entry
        where institution_id = $1 and sequence = 6`,
    finding: { kind: 'altered', sequence: 7 },
  },
  {
    done: `another institution's entry in the place of one`,
    sql: `delete from audit_entry where institution_id = $1 and sequence = 3;
      update audit_entry set institution_id = $1 where institution_id = 'SOURCE' and sequence = 3`,
    finding: { kind: 'altered', sequence: 3 },
  },
];

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
      if (sql.includes('SOURCE')) await institutionWithEntries('SOURCE');
      await tamper(id, sql);
      assert.deepEqual(await findingOf(id), finding);
      if (sql.includes('SOURCE')) assert.deepEqual(await findingOf('SOURCE'), { kind: 'missing', sequence: 3 });
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
    const [line] = (await logOfCheckpoints()).filter((text) => text.includes(`"${id}"`));
    assert.match(line ?? '', /"level":50,.*"msg":"audit head is not authentic"/);
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
    await assert.rejects(
      database.inInstitution(id, (tx) => tx.client.query('delete from audit_head')),
      { code: '42501' },
    );
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
    await append(id, count);
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
      for (const statement of sql.split(';')) await tx.client.query(statement, [id]);
      await tx.client.query('alter table audit_entry enable trigger audit_entry_append_only');
    });
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
