// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.samza.config.MapConfig;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.serializers.model.SamzaObjectMapper;

/** Samza's coordinator takes over a job: reads the coordinator stream, makes and stores the model, writes it as JSON.
 *  CONFIG (of the coordinator system), OUT */
final class Takeover {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (InputStream in = new FileInputStream(args[0])) {
      properties.load(in);
    }
    Map<String, String> config = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> config.put(name, properties.getProperty(name)));
    JobModel model = Pipeline.run(new MapConfig(config));
    try (OutputStream out = new FileOutputStream(args[1])) {
      out.write(SamzaObjectMapper.getObjectMapper().writeValueAsBytes(model));
    }
    Thread.sleep(2000);     // 0.14 sends its records in the background, and its coordinator goes on living
    System.exit(0);         // past threads that never end
  }
}
