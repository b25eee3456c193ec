package dev.pgbackup.engine.postgres.session;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server's and the driver's errors mean, and what to do about them: the one place. */
public final class SqlErrors {

  private static final Pattern FUNCTION = Pattern.compile("function \"?([A-Za-z0-9_]+)\"?");

  /**
   * PostgreSQL has one code for a role without a right and for a file that the operating system
   * does not let it open (EACCES, EPERM); the latter it tells as "could not open file …: Permission
   * denied".
   */
  private static final Pattern OPERATING_SYSTEM =
      Pattern.compile("^could not .*: (Permission denied|Operation not permitted)$");

  /** The functions of {@code deploy/sql/grants.sql}, with their arguments. */
  private static final Map<String, String> SIGNATURES =
      Map.ofEntries(
          Map.entry("pg_read_binary_file", "(text, bigint, bigint, boolean)"),
          Map.entry("pg_ls_dir", "(text, boolean, boolean)"),
          Map.entry("pg_stat_file", "(text, boolean)"),
          Map.entry("pg_start_backup", "(text, boolean, boolean)"),
          Map.entry("pg_stop_backup", "(boolean, boolean)"),
          Map.entry("pg_backup_start", "(text, boolean)"),
          Map.entry("pg_backup_stop", "(boolean)"),
          Map.entry("pg_control_system", "()"),
          Map.entry("pg_control_init", "()"),
          Map.entry("pg_control_checkpoint", "()"),
          Map.entry("pg_control_recovery", "()"));

  private final ConnectionSettings settings;

  public SqlErrors(ConnectionSettings settings) {
    this.settings = settings;
  }

  /**
   * An error as a failure that a person understands.
   *
   * @param doing what was tried, as in "reading WAL"
   */
  public EngineException of(String doing, SQLException error) {
    String state = error.getSQLState() == null ? "" : error.getSQLState();
    String said = said(error);
    if (isOfNobodyKnown(error)) {
      return failure(
          Reason.ConfigurationInvalid,
          "The certificate of the server at "
              + settings.address()
              + " is not trusted: no authority in "
              + (settings.caFile() == null ? "~/.postgresql/root.crt" : settings.caFile())
              + " has issued it. Give the file with the certificate of the one that did.",
          error);
    }
    if (said.startsWith("The hostname ") && said.contains("could not be verified")) {
      return failure(
          Reason.ConfigurationInvalid,
          "The certificate of the server at "
              + settings.address()
              + " is for another host name. Connect by a name that is in it, or look at its issuer only (verify-ca).",
          error);
    }
    return switch (state) {
      case "28P01" ->
          failure(
              Reason.AuthenticationFailed,
              "The server at "
                  + settings.address()
                  + " refused the password of user "
                  + settings.user()
                  + ". Check user and password; the password is read again at every try.",
              error);
      case "28000" -> notAdmitted(said, error);
      case "3D000" ->
          failure(
              Reason.ConfigurationInvalid,
              "The server at "
                  + settings.host()
                  + ":"
                  + settings.port()
                  + " has no database \""
                  + settings.database()
                  + "\". Any one does, \"postgres\" for example.",
              error);
      case "42501" -> notAllowed(doing, said, error);
      case "53400" ->
          said.contains("replication slots")
              ? failure(
                  Reason.NoFreeSlot,
                  "All replication slots of the server are in use. Raise max_replication_slots"
                      + " (a restart), or drop a slot that nobody needs (pg_replication_slots).",
                  error)
              : other(doing, said, error);
      case "55006" ->
          failure(
              Reason.SlotInUse,
              "While "
                  + doing
                  + ": somebody else reads from the slot ("
                  + said
                  + "). End that program, or give this agent a slot of its own.",
              error);
      default -> byClass(doing, state, said, error);
    };
  }

  private EngineException notAdmitted(String said, SQLException error) {
    String then =
        said.contains("pg_hba.conf")
            ? "Add a line to pg_hba.conf that admits it, as in \"host "
                + settings.database()
                + " "
                + settings.user()
                + " samenet scram-sha-256\", and reload."
            : "Check that the role exists and may log in; deploy/sql/grants.sql creates one.";
    return failure(
        Reason.AuthenticationFailed,
        "The server at " + settings.address() + " does not admit us: " + said + ". " + then,
        error);
  }

  private EngineException notAllowed(String doing, String said, SQLException error) {
    if (OPERATING_SYSTEM.matcher(said).find()) {
      return failure(
          Reason.DatabaseRefused,
          "While "
              + doing
              + ", the operating system refused the server itself: "
              + said
              + ". No grant helps: see that the file belongs to the user that PostgreSQL runs as, and that"
              + " this user may read it.",
          error);
    }
    Matcher function = FUNCTION.matcher(said);
    if (function.find()) {
      String name = function.group(1);
      return failure(
          Reason.MissingGrant,
          "User "
              + settings.user()
              + " may not call "
              + name
              + " in database "
              + settings.database()
              + ". As a superuser, run there: GRANT EXECUTE ON FUNCTION pg_catalog."
              + name
              + SIGNATURES.getOrDefault(name, "(…)")
              + " TO "
              + quoted(settings.user())
              + "; (deploy/sql/grants.sql grants all that is needed).",
          error);
    }
    if (said.contains("replication")) {
      return failure(
          Reason.NoReplicationPrivilege,
          "User "
              + settings.user()
              + " may not use replication slots. As a superuser, run: ALTER ROLE "
              + quoted(settings.user())
              + " REPLICATION;",
          error);
    }
    return failure(
        Reason.MissingGrant,
        "While "
            + doing
            + ", the server refused user "
            + settings.user()
            + ": "
            + said
            + ". deploy/sql/grants.sql grants all that is needed.",
        error);
  }

  private EngineException byClass(String doing, String state, String said, SQLException error) {
    if (state.startsWith("08") || state.startsWith("57P") || state.equals("53300")) {
      return failure(
          Reason.DatabaseUnreachable,
          "The server at "
              + settings.address()
              + " cannot be used while "
              + doing
              + ": "
              + said
              + ".",
          error);
    }
    if (state.startsWith("53")) {
      return failure(
          Reason.DatabaseUnreachable,
          "The server at "
              + settings.address()
              + " is short of something while "
              + doing
              + ": "
              + said
              + ".",
          error);
    }
    return other(doing, said, error);
  }

  private EngineException other(String doing, String said, SQLException error) {
    return failure(
        Reason.DatabaseRefused,
        "While " + doing + ", the server at " + settings.address() + " answered: " + said + ".",
        error);
  }

  private static EngineException failure(
      Reason reason, String message, @Nullable SQLException cause) {
    return new EngineException(reason, message, cause);
  }

  private static boolean isOfNobodyKnown(SQLException error) {
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }

  private static String said(SQLException error) {
    String message = error.getMessage() == null ? "no message" : error.getMessage();
    Throwable cause = error.getCause();
    if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
      message = message + " (" + cause.getMessage() + ")";
    }
    return message
        .replaceFirst("^(FATAL|ERROR|PANIC): ", "")
        .lines()
        .findFirst()
        .orElse(message)
        .replaceFirst("\\.$", "");
  }

  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
