package dev.pgbackup.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

@Label("Quantities of the configuration")
class QuantitiesPropertiesTest {

  @Property
  @Label("durations are written so that they are read back")
  void spans(@ForAll @LongRange(min = 0, max = 1L << 50) long millis) {
    Span span = new Span(Duration.ofMillis(millis));

    assertThat(Span.parse(span.toString())).isEqualTo(span);
  }

  @Property
  @Label("sizes are written so that they are read back")
  void sizes(@ForAll @LongRange(min = 0) long bytes) {
    ByteSize size = new ByteSize(bytes);

    assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
  }
}
