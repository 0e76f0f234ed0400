// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.util.TreeSet;
import org.apache.samza.config.Config;
import org.apache.samza.config.factories.PropertiesConfigFactory;
import org.apache.samza.coordinator.JobCoordinator;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.serializers.model.SamzaObjectMapper;

/** What one does without samzak8s: Samza 0.9.1's own coordinator computes the model, one object per container carries it. */
public class Baseline {
    public static void main(String[] args) throws Exception {
        Config config = new PropertiesConfigFactory().getConfig(new File(args[0]).toURI());
        JobModel model = JobCoordinator.apply(config, config.getInt("kubernetes.pod.count", 1)).jobModel();
        String json = SamzaObjectMapper.getObjectMapper().writeValueAsString(model);
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        for (Integer id : new TreeSet<Integer>(model.getContainers().keySet())) {
            ObjectNode controller = yaml.createObjectNode();
            controller.put("apiVersion", "v1").put("kind", "ReplicationController");
            controller.putObject("metadata").put("name", config.get("job.name") + "-" + id);
            ObjectNode container = controller.putObject("spec").put("replicas", 1).putObject("template")
                .putObject("spec").putArray("containers").addObject();
            container.put("name", config.get("job.name")).put("image", config.get("kubernetes.container.image"));
            container.putArray("env").addObject().put("name", "SAMZA_JOB_CONFIG").put("value", json);
            System.out.print(yaml.writeValueAsString(controller));
        }
        System.out.flush();
        System.exit(0);         // the old Kafka client leaves threads behind
    }
}
