alter table alert add column status varchar(16) default 'open' not null;
update alert set status = coalesce((select i.status from incident i where i.id = alert.incident), 'open');

-- All that a list can be asked with, so that a filter that few alerts pass need not read the others' bodies.
drop index alert_by_time;
drop index alert_by_namespace;
drop index alert_by_destination;
drop index alert_by_detector;
drop index alert_by_severity;
create index alert_by_time on alert
  (last_seen_ms desc, id, severity_rank, detector, category, workload, namespace, destination_namespace, status);
create index alert_by_namespace on alert
  (namespace, last_seen_ms desc, id, severity_rank, detector, category, workload, destination_namespace, status);
create index alert_by_destination on alert
  (destination_namespace, last_seen_ms desc, id, severity_rank, detector, category, workload, namespace, status);
create index alert_by_detector on alert
  (detector, last_seen_ms desc, id, severity_rank, category, workload, namespace, destination_namespace, status, notified, decision);
create index alert_by_workload on alert
  (workload, last_seen_ms desc, id, severity_rank, detector, category, namespace, destination_namespace, status);
create index alert_by_severity on alert
  (severity_rank, last_seen_ms desc, id, detector, category, workload, namespace, destination_namespace, status);
create index incident_by_standing on incident (status, last_seen_ms desc, id);

-- How a workload's baseline came to be what it is: the last of each day.
create table baseline_history (
  id         varchar(1000) not null,
  day_ms     bigint        not null,
  updated_ms bigint        not null,
  state      varchar(16)   not null,
  locked     boolean       not null,
  windows    bigint        not null,
  unseen     double precision not null,
  size       int           not null,
  primary key (id, day_ms)
);

create index baseline_history_by_day on baseline_history (day_ms);

-- Others may name theirs as they like.
alter table decision alter column id set data type varchar(256);
