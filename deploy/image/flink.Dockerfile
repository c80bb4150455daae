# The job on Flink. Build the jars first with `mvn -DskipTests package`.
FROM flink:2.3.0-java17
# The official image ends as flink since 2.2, and that user may not make a folder at the root.
USER root
RUN install -d -o flink -g flink /checkpoints
COPY --chown=flink:flink analytics/target/job /opt/flink/usrlib
COPY --chmod=755 deploy/image/job-is-running /usr/local/bin/job-is-running
USER flink
