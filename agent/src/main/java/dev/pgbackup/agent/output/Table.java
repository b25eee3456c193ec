package dev.pgbackup.agent.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows and columns of text, each column as wide as its widest cell. */
public final class Table {

  private record Column(String title, boolean right) {}

  private static final String SPACE_BETWEEN = "  ";

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  public Table column(String title) {
    columns.add(new Column(title, false));
    return this;
  }

  /** A column of numbers. */
  public Table rightColumn(String title) {
    columns.add(new Column(title, true));
    return this;
  }

  public Table row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException("a row has as many cells as the table has columns");
    }
    rows.add(Arrays.asList(cells));
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public String render(Style style) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Style.width(columns.get(i).title());
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], Style.width(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, columns.stream().map(column -> style.bold(column.title())).toList(), widths);
    rows.forEach(row -> line(text, row, widths));
    return text.toString();
  }

  private void line(StringBuilder text, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - Style.width(cells.get(i)));
      line.append(i == 0 ? "" : SPACE_BETWEEN)
          .append(columns.get(i).right() ? padding : "")
          .append(cells.get(i))
          .append(columns.get(i).right() ? "" : padding);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
