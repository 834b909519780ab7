-- The audit trail becomes a chain: each entry carries an HMAC over the one before and itself, by a key outside the
-- database, and a row per institution holds the end of its chain (src/modules/audit/audit-chain.ts).
--
-- Entries from before have no hash and cannot get one here, where the key is not. Nothing has been released: only trial
-- databases have such entries, and they go.
delete from audit_entry;

alter table audit_entry
  -- to the millisecond, which is what the hash covers
  alter column at type timestamptz(3),
  add column principal_kind text not null check (principal_kind in ('person', 'application', 'operator')),
  -- HMAC-SHA-256 over the hash before and this entry
  add column hash bytea not null;

-- What an auditor asks: when, who, and what became of this audience or import.
create index audit_entry_at_index on audit_entry (institution_id, at);
create index audit_entry_principal_index on audit_entry (institution_id, principal_id, sequence);
create index audit_entry_resource_index on audit_entry (institution_id, resource, sequence) where resource is not null;

-- The end of each institution's chain. Locked by whoever appends, so the sequence has no gaps: a gap means that an entry
-- was removed. Authenticated itself, so that a chain cut short shows. Made with the institution, together with the first
-- entry: an institution without either was tampered with.
create table audit_head (
  institution_id text not null primary key references institution (id),
  -- of the last entry
  sequence bigint not null check (sequence > 0),
  -- of the last entry
  hash bytea not null,
  -- HMAC-SHA-256 over institution, sequence and hash
  mac bytea not null
);
-- One small row that every act changes: room on its page keeps these changes off the index.
alter table audit_head set (fillfactor = 10);

-- No insert: whoever acts goes on with a chain, and only the owner begins one.
grant select, update on audit_head to rollcall_app;
alter table audit_head enable row level security;
create policy institution_of_transaction on audit_head to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));

-- The application role has no right to change or delete an entry; this stops the owner's slips as well. It is no wall
-- against the owner, who can drop it: that is what the chain is for.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function refuse_audit_change();
