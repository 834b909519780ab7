-- What audiences are for, and the approval by a second person of those for credit that stand on a prohibited basis or a
-- usual proxy of one ("restricted" types of filters).

alter table audience
  add column purpose text not null default 'marketing'
    check (purpose in ('servicing', 'marketing', 'credit', 'research')),
  -- names of restricted types that its own filters ask about, or those of the source of a copy; what the audiences bring
  -- that its filters ask about comes on top
  add column restricted_types text[] not null default '{}',
  -- for credit, restricted, and nobody has approved it yet: no member is told
  add column approval_pending boolean not null default false,
  -- versions whose members are not told either: they were never approved
  add column withheld_versions integer[] not null default '{}';

-- restricted types that its members were selected by, whatever the purpose was: for copies of it
alter table audience_version add column restricted_types text[] not null default '{}';

-- The approval of an audience that needs one, asked for or given.
create table audience_approval (
  institution_id text not null,
  audience_id text collate "C" not null,
  restricted_types text[] not null,
  -- null: what it asks about has come to stand on a restricted type, and nobody has said why yet
  justification text,
  -- principals who have written filters or justification since the last approval: none of them may approve
  authors text[] not null,
  -- the first version that these filters have made
  from_version integer not null,
  requested_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  check ((approved_by is null) = (approved_at is null)),
  check (approved_by is null or justification is not null),
  primary key (institution_id, audience_id),
  foreign key (institution_id, audience_id) references audience (institution_id, id) on delete cascade
);

-- how an attribute of the institution stands to fair lending; null = neither
alter table customer_attribute add column fair_lending text check (fair_lending in ('prohibitedBasis', 'proxy'));

grant select, insert, update, delete on audience_approval to rollcall_app;
alter table audience_approval enable row level security;
create policy institution_of_transaction on audience_approval to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
