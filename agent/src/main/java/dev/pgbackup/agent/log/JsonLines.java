package dev.pgbackup.agent.log;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** For machines: one JSON document a line. */
final class JsonLines implements LineFormat {

  @Override
  public String line(LogEvent event) {
    StringBuilder json = new StringBuilder("{");
    field(json, "time", event.time().toString());
    field(json.append(','), "level", event.level().toString());
    field(json.append(','), "logger", event.logger());
    field(json.append(','), "thread", event.thread());
    field(json.append(','), "message", event.message());
    Throwable failure = event.failure();
    if (failure != null) {
      field(json.append(','), "exception", LineFormat.stackTrace(failure));
    }
    return json.append("}\n").toString();
  }

  private static void field(StringBuilder json, String name, String value) {
    json.append('"').append(name).append("\":\"");
    JsonStringEncoder.getInstance().quoteAsString(value, json);
    json.append('"');
  }
}
