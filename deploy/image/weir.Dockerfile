# ingest and alerting; build the jars first with `mvn package`
FROM eclipse-temurin:17.0.15_6-jre
RUN useradd --system --uid 10001 weir && install -d -o weir /var/lib/weir
COPY standalone/target/app/lib /opt/weir/lib
USER 10001
WORKDIR /var/lib/weir
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=70", "-cp", "/opt/weir/lib/*", "dev.weir.standalone.command.Weir"]
