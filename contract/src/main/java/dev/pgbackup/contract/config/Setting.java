package dev.pgbackup.contract.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a key of the configuration means; the reference page is made of these. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** The meaning, with the unit. */
  String value();

  /**
   * What holds when the key is absent, written as it would be in the file. Empty: the key must be
   * there, or is absent without a default if its type allows null.
   */
  String byDefault() default "";
}
