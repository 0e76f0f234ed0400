// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON of maps, lists, strings, longs, booleans and null; written in ASCII with sorted keys. Needs no library of any release. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.peek() != 0) {
      throw new IllegalArgumentException("text after the JSON value at " + json.at);
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean skip(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char wanted) {
    if (!skip(wanted)) {
      throw new IllegalArgumentException("no " + wanted + " at " + at);
    }
  }

  private Object value() {
    switch (peek()) {
      case '{': {
        Map<String, Object> map = new TreeMap<>();
        at++;
        while (!skip('}')) {
          String key = string();
          expect(':');
          map.put(key, value());
          skip(',');
        }
        return map;
      }
      case '[': {
        List<Object> list = new ArrayList<>();
        at++;
        while (!skip(']')) {
          list.add(value());
          skip(',');
        }
        return list;
      }
      case '"':
        return string();
      default:
        return scalar();
    }
  }

  private Object scalar() {
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    switch (word) {
      case "null":
        return null;
      case "true":
        return true;
      case "false":
        return false;
      default:
        return Long.valueOf(word);
    }
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = text.charAt(at++);
      if (escape == 'u') {
        out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
        at += 4;
      } else {
        int known = "btnfr".indexOf(escape);
        out.append(known < 0 ? escape : "\b\t\n\f\r".charAt(known));
      }
    }
    return out.toString();
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map) {
      char before = '{';
      Map<Object, Object> sorted = new TreeMap<>((Map<?, ?>) value);
      for (Map.Entry<Object, Object> entry : sorted.entrySet()) {
        out.append(before);
        string((String) entry.getKey(), out);
        out.append(':');
        write(entry.getValue(), out);
        before = ',';
      }
      out.append(before == '{' ? "{}" : "}");
    } else if (value instanceof Collection) {
      char before = '[';
      for (Object each : (Collection<?>) value) {
        out.append(before);
        write(each, out);
        before = ',';
      }
      out.append(before == '[' ? "[]" : "]");
    } else if (value instanceof String) {
      string((String) value, out);
    } else {
      out.append(value);
    }
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
