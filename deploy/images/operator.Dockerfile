# mvn -DskipTests package && docker build -f deploy/images/operator.Dockerfile -t pgbackup-operator .
FROM eclipse-temurin:21-jre
COPY operator/target/quarkus-app /opt/pgbackup-operator
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", \
  "-jar", "/opt/pgbackup-operator/quarkus-run.jar"]
