# Ingest, and `topics`. Build the jars first with `mvn -DskipTests package`.
FROM eclipse-temurin:17.0.15_6-jre
RUN useradd --system --uid 10001 weir && install -d -o weir -m 0700 /var/lib/weir
COPY ingest/target/lib /opt/weir/lib
COPY standalone/target/app/lib/weir-ingest-*.jar standalone/target/app/lib/weir-standalone-*.jar standalone/target/app/lib/picocli-*.jar standalone/target/app/lib/logback-*.jar standalone/target/app/lib/simpleclient*.jar \
    /opt/weir/lib/
USER 10001
WORKDIR /var/lib/weir
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=70", "-cp", "/opt/weir/lib/*", "dev.weir.standalone.command.WeirIngest"]
