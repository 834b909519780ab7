import type { ChainFinding } from '../../src/modules/audit/index.ts';

/** Entries of the trail that is tampered with, the one of its institution's creation among them. */
export const entriesMade = 6;

/** What a hand with the owner's rights can do to the trail of an institution ($1), and what is found at which entry. */
export const tamperings: readonly { done: string; sql: string; finding: ChainFinding }[] = [
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
    done: 'all entries removed, the head too',
    sql: `delete from audit_entry where institution_id = $1;
      delete from audit_head where institution_id = $1`,
    finding: { kind: 'trailMissing', sequence: 1 },
  },
  {
    done: `all entries and the head removed, and another institution's beginning in their place`,
    sql: `delete from audit_entry where institution_id = $1;
      update audit_entry set institution_id = $1 where institution_id = 'SOURCE' and sequence = 1;
      update audit_head set sequence = 1, hash = source.hash, mac = source.mac from audit_head source
      where audit_head.institution_id = $1 and source.institution_id = 'SOURCE'`,
    finding: { kind: 'altered', sequence: 1 },
  },
  {
    done: 'the keys removed',
    sql: 'delete from wrapped_key where institution_id = $1',
    finding: { kind: 'keyMissing', sequence: 1 },
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
