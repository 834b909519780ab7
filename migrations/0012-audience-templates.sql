-- Filters that an institution keeps under a name, for audiences to be made from.

create table audience_template (
  institution_id text not null,
  id text collate "C" not null,
  name text not null,
  -- as of audiences: case and spaces do not count
  name_key text collate "C" not null,
  description text,
  -- as they were checked: types by id and name, in order. Audiences that they ask about may be gone.
  filters jsonb not null,
  -- of an audience that is made from it; null = as an audience without a word about it
  refresh text check (refresh in ('manual', 'daily', 'onCustomerLoad')),
  -- bumped by every change of the row: the entity tag
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);
create unique index audience_template_name_key on audience_template (institution_id, name_key);

grant select, insert, update, delete on audience_template to rollcall_app;
alter table audience_template enable row level security;
create policy institution_of_transaction on audience_template to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
