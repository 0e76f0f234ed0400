// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What stands in for Kafka while one case runs: topics with their partition counts, and one coordinator stream. */
public final class World {
  /** Of the case that runs; one case runs at a time. */
  public static World current = new World(new HashMap<>());

  private final Map<String, Map<String, Integer>> topics;
  private final List<byte[][]> stream = new ArrayList<>();
  /** Task to changelog partition as the checkpoint topic of 0.9.1 holds it; null before anything was written. */
  public Map<String, Integer> checkpointMapping;

  public World(Map<String, Map<String, Integer>> topics) {
    this.topics = topics;
  }

  /** The partitions of a topic, or null; a coordinator stream exists in every system. */
  public Integer partitions(String system, String topic) {
    if (topic.startsWith("__samza_coordinator_")) {
      return 1;
    }
    return topics.getOrDefault(system, new HashMap<>()).get(topic);
  }

  public Set<String> topics(String system) {
    return topics.getOrDefault(system, new HashMap<>()).keySet();
  }

  public synchronized List<byte[][]> records(int from) {
    return new ArrayList<>(stream.subList(from, stream.size()));
  }

  public synchronized void append(byte[] key, byte[] value) {
    stream.add(new byte[][] {key, value});
  }

  /** Append a coordinator message as Samza's own writers do. */
  void put(String type, String key, String field, String value) {
    Map<String, Object> values = new HashMap<>();
    values.put(field, value);
    Map<String, Object> message = new HashMap<>();
    message.put("values", values);
    message.put("host", "");
    message.put("source", "oracle");
    message.put("username", "");
    message.put("timestamp", 0L);
    append(bytes(Arrays.asList(1L, type, key)), bytes(message));
  }

  private static byte[] bytes(Object value) {
    return Json.write(value).getBytes(StandardCharsets.UTF_8);
  }

  /** Key to one field's value, of all messages of a type that are in force. */
  Map<String, String> read(String type, String field) {
    Map<String, String> found = new TreeMap<>();
    for (byte[][] record : records(0)) {
      List<?> key = (List<?>) Json.parse(new String(record[0], StandardCharsets.UTF_8));
      if (!type.equals(key.get(1))) {
        continue;
      }
      Map<String, Object> message =
          record[1] == null ? null : Json.object(Json.parse(new String(record[1], StandardCharsets.UTF_8)));
      if (message == null || message.get("values") == null) {
        found.remove((String) key.get(2));
      } else {
        found.put((String) key.get(2), (String) Json.object(message.get("values")).get(field));
      }
    }
    return found;
  }
}
