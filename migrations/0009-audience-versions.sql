-- Versions of every kind of audience: what each changed, how long they are kept, copies, and which list brought whom.

alter table audience
  -- of a copy: where its members come from; the source may be gone
  add column copy_of_audience_id text collate "C",
  add column copy_of_version integer,
  -- versions below are no longer kept (retention); those from here to `version` are all there
  add column kept_from_version integer not null default 1;

alter table audience_version
  -- Roaring bitmaps of who came and who went with this version against the one before, so that a change can be told
  -- when the one before is not kept any more. Null: version 1 (all its members came), and versions from before this
  -- migration, whose change is the difference to the version before.
  add column added bytea,
  add column removed bytea;
alter table audience_version alter column added set storage external, alter column removed set storage external;
alter table audience_version drop constraint audience_version_cause_check;
alter table audience_version add constraint audience_version_cause_check
  check (cause in ('import', 'add', 'remove', 'replace', 'copy', 'filters', 'refresh'));

-- Which list brought members, where no row of audience_version says it: of a version that is not kept any more (only
-- for those who have been members ever since), and of the first version of a copy (the lists of its source).
create table audience_origin (
  institution_id text not null,
  audience_id text collate "C" not null,
  -- the version of this audience with which they came, and when it was made
  version integer not null,
  part integer not null,
  made_at timestamptz not null,
  -- null: no list brought them
  import_id text collate "C",
  -- Roaring bitmap (portable format) of customer ordinals, none in two rows of one audience
  members bytea not null,
  -- the line of each of them by rank (see member-lines.ts), null where no list brought them
  member_lines bytea,
  primary key (institution_id, audience_id, version, part),
  foreign key (institution_id, audience_id) references audience (institution_id, id) on delete cascade
);
alter table audience_origin alter column members set storage external, alter column member_lines set storage external;

grant select, insert, update, delete on audience_origin to rollcall_app;
alter table audience_origin enable row level security;
create policy institution_of_transaction on audience_origin to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
