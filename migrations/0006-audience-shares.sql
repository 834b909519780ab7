-- With whom an audience is shared. Its owner (audience.created_by) and the institution's administrators have no row.

create table audience_share (
  institution_id text not null,
  audience_id text collate "C" not null,
  -- a person or an application that has a grant for the institution
  principal_id text collate "C" not null,
  -- view: the audience, its members and the ledgers of its imports; edit: also change it
  access text not null check (access in ('view', 'edit')),
  created_at timestamptz not null,
  created_by text not null,
  primary key (institution_id, audience_id, principal_id),
  foreign key (institution_id, audience_id) references audience (institution_id, id) on delete cascade
);
create index audience_share_principal_id_index on audience_share (institution_id, principal_id, audience_id);

-- Who does not see every audience is asked "own or shared" by each list.
create index audience_created_by_index on audience (institution_id, created_by);
create index import_created_by_index on import (institution_id, created_by, created_at, id);
create index import_audience_id_index on import (institution_id, audience_id) where audience_id is not null;

grant select, insert, update, delete on audience_share to rollcall_app;
alter table audience_share enable row level security;
create policy institution_of_transaction on audience_share to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
