create table baseline (
  id         varchar(1000)   primary key,
  cluster    varchar(253),
  namespace  varchar(253),
  workload   varchar(253),
  detector   varchar(64)     not null,
  state      varchar(16)     not null,
  updated_ms bigint          not null,
  body       varchar(1000000) not null
);

create index baseline_by_workload on baseline (namespace, workload, detector);
