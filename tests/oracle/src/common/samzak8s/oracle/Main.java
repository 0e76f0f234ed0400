// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.samza.config.Config;
import org.apache.samza.config.MapConfig;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.serializers.model.SamzaObjectMapper;

/**
 * What this release answers: one JSON request a line on stdin, one answer a line on stdout.
 * A request is a case (see README.md), or {"read": TEXT}: a job model to read and write again.
 */
public final class Main {
  private Main() {
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    System.setOut(System.err);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(Json.write(answer(Json.object(Json.parse(line)))));
    }
    out.flush();
  }

  private static Map<String, Object> answer(Map<String, Object> request) {
    try {
      return request.containsKey("read") ? read((String) request.get("read")) : model(request);
    } catch (Throwable thrown) {
      return failure(thrown);
    }
  }

  private static Map<String, Object> read(String text) throws Exception {
    Map<String, Object> answer = new HashMap<>();
    answer.put("model", document(SamzaObjectMapper.getObjectMapper().readValue(text, JobModel.class)));
    return answer;
  }

  /** The document that this release's own writer makes, its inputs in a fixed order. */
  private static Object document(JobModel model) throws Exception {
    Map<String, Object> document = Json.object(Json.parse(SamzaObjectMapper.getObjectMapper().writeValueAsString(model)));
    for (Object container : Json.object(document.get("containers")).values()) {
      for (Object task : Json.object(Json.object(container).get("tasks")).values()) {
        List<Object> inputs = new ArrayList<>((List<?>) Json.object(task).get("system-stream-partitions"));
        inputs.sort((a, b) -> order(Json.object(a), Json.object(b)));
        Json.object(task).put("system-stream-partitions", inputs);
      }
    }
    return document;
  }

  private static int order(Map<String, Object> a, Map<String, Object> b) {
    for (String field : Arrays.asList("system", "stream")) {
      int order = ((String) a.get(field)).compareTo((String) b.get(field));
      if (order != 0) {
        return order;
      }
    }
    for (String field : Arrays.asList("partition", "keyBucket")) {
      int order = Long.compare((Long) a.getOrDefault(field, -1L), (Long) b.getOrDefault(field, -1L));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static Map<String, Object> model(Map<String, Object> request) throws Throwable {
    World world = World.current = world(request);
    Map<String, String> config = new HashMap<>();
    Json.object(request.get("config")).forEach((key, value) -> config.put(key, (String) value));
    Config rewritten = rewrite(new MapConfig(config));
    rewritten.forEach((key, value) -> world.put("set-config", key, "value", value));
    Map<String, Object> answer = new HashMap<>();
    answer.put("model", document(Pipeline.run(rewritten)));
    if (world.checkpointMapping != null) {
      answer.put("changelog", world.checkpointMapping);
    }
    if (Pipeline.COORDINATOR_STREAM) {
      Map<String, Integer> changelog = new TreeMap<>();
      world.read("set-changelog", "Partition").forEach((task, id) -> changelog.put(task, Integer.valueOf(id)));
      answer.put("changelog", changelog);
      answer.put("saved_task_container", world.read("set-task-container-assignment", "containerId"));
    }
    if (Pipeline.SAVES_INPUTS) {
      answer.put("saved_task_ssps", savedInputs(world));
    }
    return answer;
  }

  /** What submission does first: run the config rewriters. The class has moved. */
  private static Config rewrite(Config config) throws Throwable {
    for (String name : Arrays.asList("ConfigUtil", "Util")) {
      try {
        return (Config) Class.forName("org.apache.samza.util." + name).getMethod("rewriteConfig", Config.class).invoke(null, config);
      } catch (ClassNotFoundException | NoSuchMethodException e) {
        // not here in this release
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
    return config;
  }

  private static World world(Map<String, Object> request) {
    Map<String, Map<String, Integer>> topics = new HashMap<>();
    member(request, "topics").forEach((system, counts) -> {
      Map<String, Integer> known = new HashMap<>();
      Json.object(counts).forEach((topic, count) -> known.put(topic, ((Long) count).intValue()));
      topics.put(system, known);
    });
    World world = new World(topics);
    Map<String, Object> changelog = member(request, "previous_changelog");
    if (!changelog.isEmpty()) {
      world.checkpointMapping = new LinkedHashMap<>();
    }
    changelog.forEach((task, id) -> {
      world.checkpointMapping.put(task, ((Long) id).intValue());
      world.put("set-changelog", task, "Partition", id.toString());
    });
    member(request, "previous_task_container")
        .forEach((task, id) -> world.put("set-task-container-assignment", task, "containerId", (String) id));
    member(request, "previous_task_mode")
        .forEach((task, mode) -> world.put("set-task-mode-assignment", task, "taskMode", (String) mode));
    member(request, "previous_container_host")
        .forEach((id, host) -> world.put("set-container-host-assignment", id, "host", (String) host));
    Map<String, List<String>> owners = new TreeMap<>();
    member(request, "previous_task_ssps").forEach((task, inputs) -> {
      for (Object each : (List<?>) inputs) {
        owners.computeIfAbsent(inputKey((List<?>) each), key -> new ArrayList<>()).add(task);
      }
    });
    owners.forEach((key, tasks) -> world.put("set-task-partition-assignment", key, "taskNames", Json.write(tasks)));
    return world;
  }

  private static Map<String, Object> member(Map<String, Object> request, String name) {
    Object value = request.get(name);
    return value == null ? new TreeMap<>() : Json.object(value);
  }

  /** [system, stream, partition(, bucket)] as the key of an assignment message. */
  private static String inputKey(List<?> input) {
    Map<String, Object> key = new HashMap<>();
    key.put("system", input.get(0));
    key.put("stream", input.get(1));
    key.put("partition", input.get(2));
    if (input.size() > 3) {
      key.put("keyBucket", input.get(3));
    }
    return Json.write(key);
  }

  /** Task to the names of its inputs, as SystemStreamPartition prints them. */
  private static Map<String, TreeSet<String>> savedInputs(World world) {
    Map<String, TreeSet<String>> found = new TreeMap<>();
    world.read("set-task-partition-assignment", "taskNames").forEach((key, tasks) -> {
      Map<String, Object> input = Json.object(Json.parse(key));
      Object bucket = input.getOrDefault("keyBucket", -1L);
      String name = "SystemStreamPartition [" + input.get("system") + ", " + input.get("stream") + ", " + input.get("partition")
          + (bucket.equals(-1L) ? "" : ", " + bucket) + "]";
      for (Object task : (List<?>) Json.parse(tasks)) {
        found.computeIfAbsent((String) task, each -> new TreeSet<>()).add(name);
      }
    });
    return found;
  }

  private static Map<String, Object> failure(Throwable thrown) {
    Map<String, Object> answer = new HashMap<>();
    answer.put("error", line(thrown));
    List<String> causes = new ArrayList<>();
    for (Throwable cause = thrown.getCause(); cause != null && causes.size() < 8; cause = cause.getCause()) {
      causes.add(line(cause));
    }
    if (!causes.isEmpty()) {
      answer.put("causes", causes);
    }
    return answer;
  }

  private static String line(Throwable thrown) {
    return thrown.getClass().getName() + ": " + thrown.getMessage();
  }
}
