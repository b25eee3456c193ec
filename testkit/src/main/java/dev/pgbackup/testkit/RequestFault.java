package dev.pgbackup.testkit;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FaultProxy} does to some requests: to the next one that matches, unless told
 * otherwise. It takes effect with the call that says what happens; the oldest fault that matches
 * and is not used up strikes.
 */
public final class RequestFault {

  /** What happens to a request. */
  sealed interface Effect {

    /** The server is not asked; the client gets an answer made up. */
    record Answer(int status, String contentType, String body) implements Effect {}

    /** The server is not asked, and the client gets no answer. */
    record Silence() implements Effect {}

    /** The server gets the head and the first bytes of the body, then both are cut off. */
    record CutRequest(long bytes) implements Effect {}

    /** The server does it, the client gets the head and the first bytes of the body, and an end. */
    record EndAnswer(long bytes) implements Effect {}

    /** The server does it, the client gets the head and some bytes of the body, then a reset. */
    record CutAnswer(long bytes) implements Effect {}

    /** The server does it, the client gets nothing and is cut off. */
    record LoseAnswer() implements Effect {}
  }

  private final String method;
  private final Pattern target;
  private final List<RequestFault> active;
  private String field = "";
  private int skip;
  private int times = 1;
  private int hits;
  private @Nullable Effect effect;

  RequestFault(String method, Pattern target, List<RequestFault> active) {
    this.method = method;
    this.target = target;
    this.active = active;
  }

  /** Strikes only requests that have this field. */
  public RequestFault withField(String name) {
    field = name.toLowerCase(Locale.ROOT);
    return this;
  }

  /** Lets the first matching requests pass. */
  public RequestFault after(int requests) {
    skip = requests;
    return this;
  }

  /** Strikes so many requests. */
  public RequestFault times(int requests) {
    times = requests;
    return this;
  }

  /** Strikes until the proxy is told to pass. */
  public RequestFault always() {
    return times(Integer.MAX_VALUE);
  }

  /** Answers as S3 reports an error: by a status and a code in XML. */
  public RequestFault error(int status, String code) {
    return answer(
        status,
        "application/xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>as the test wants it</Message></Error>");
  }

  /** Answers without asking the server. */
  public RequestFault answer(int status, String contentType, String body) {
    return become(new Effect.Answer(status, contentType, body));
  }

  /** Gives no answer, and keeps the connection open until the proxy is told to pass. */
  public RequestFault hang() {
    return become(new Effect.Silence());
  }

  /** Resets the connection before anything reaches the server. */
  public RequestFault reset() {
    return cutRequest(-1);
  }

  /** Resets both connections after so many bytes of the request's body. */
  public RequestFault cutRequest(long bytes) {
    return become(new Effect.CutRequest(bytes));
  }

  /** Ends the connection in peace after so many bytes of the answer's body. */
  public RequestFault endAnswer(long bytes) {
    return become(new Effect.EndAnswer(bytes));
  }

  /** Resets the connection after so many bytes of the answer's body, of which some may be lost. */
  public RequestFault cutAnswer(long bytes) {
    return become(new Effect.CutAnswer(bytes));
  }

  /** Has the server do what was asked, and resets the connection instead of saying so. */
  public RequestFault loseAnswer() {
    return become(new Effect.LoseAnswer());
  }

  /** How many requests it struck. */
  public synchronized int hits() {
    return hits;
  }

  private RequestFault become(Effect what) {
    effect = what;
    active.add(this);
    return this;
  }

  synchronized boolean strikes(HttpHead request) {
    if (!matches(request)) {
      return false;
    }
    if (skip > 0) {
      skip--;
      return false;
    }
    if (hits >= times) {
      return false;
    }
    hits++;
    return true;
  }

  private boolean matches(HttpHead request) {
    return (method.equals("*") || List.of(method.split("\\|")).contains(request.method()))
        && target.matcher(request.target()).matches()
        && (field.isEmpty() || request.fields().containsKey(field));
  }

  Effect effect() {
    Effect known = effect;
    if (known == null) {
      throw new IllegalStateException("nothing was said to happen");
    }
    return known;
  }
}
