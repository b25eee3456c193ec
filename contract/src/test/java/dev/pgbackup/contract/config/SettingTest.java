package dev.pgbackup.contract.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Keys of the configuration")
class SettingTest {

  @Test
  @DisplayName("are all explained")
  void explained() {
    List<String> unexplained = new ArrayList<>();
    look(AgentConfig.class, "", unexplained);

    assertThat(unexplained).isEmpty();
  }

  private static void look(Class<?> type, String path, List<String> unexplained) {
    for (RecordComponent key : type.getRecordComponents()) {
      Setting setting = key.getAnnotation(Setting.class);
      String name = path + key.getName();
      if (setting == null || !setting.value().matches("(?s).{5,}[.]")) {
        unexplained.add(name);
      }
      if (key.getType().isRecord() && key.getType().getRecordComponents().length > 1) {
        look(key.getType(), name + ".", unexplained);
      }
    }
  }
}
