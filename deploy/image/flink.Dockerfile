# the job on Flink; build the jars first with `mvn package`
FROM flink:2.3.0-java17
RUN install -d -o flink -g flink /checkpoints
COPY --chown=flink:flink analytics/target/job /opt/flink/usrlib
USER flink
