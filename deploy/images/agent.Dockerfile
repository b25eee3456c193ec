# mvn -DskipTests package && docker build -f deploy/images/agent.Dockerfile -t pgbackup-agent .
FROM eclipse-temurin:21-jre
COPY agent/target/lib /opt/pgbackup/lib
COPY --chmod=755 agent/target/pgbackup /opt/pgbackup/pgbackup
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/opt/pgbackup/pgbackup"]
