-- Lists of customers who are not to be contacted: they are held back from exports.

create table suppression (
  institution_id text not null,
  id text collate "C" not null,
  name text not null,
  description text,
  channel text not null check (channel in ('email', 'sms', 'phone', 'mail', 'any')),
  -- holds to the end of this day in UTC; null = until it is deleted
  expires_on date,
  -- whom it holds back: of a list these customers, as a Roaring bitmap of ordinals, and the import that brought them;
  -- otherwise the members of the present version of this audience
  members bytea,
  import_id text collate "C",
  audience_id text collate "C",
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (institution_id, id),
  check ((members is null) = (audience_id is not null) and (members is null) = (import_id is null))
);
create index suppression_created_at_index on suppression (institution_id, created_at, id);
create index suppression_audience_index on suppression (institution_id, audience_id) where audience_id is not null;

-- An import makes or edits an audience, or makes a suppression.
alter table import drop constraint import_mode_check;
alter table import add constraint import_mode_check check (mode in ('create', 'add', 'remove', 'replace', 'suppress'));
alter table import add column suppression_id text collate "C";

grant select, insert, update, delete on suppression to rollcall_app;
alter table suppression enable row level security;
create policy institution_of_transaction on suppression to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
