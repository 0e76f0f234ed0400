// SPDX-License-Identifier: Apache-2.0
import java.util.HashMap;
import java.util.Map;

import org.apache.samza.config.Config;
import org.apache.samza.config.MapConfig;
import org.apache.samza.container.TaskName;
import org.apache.samza.coordinator.JobModelManager;
import org.apache.samza.coordinator.stream.CoordinatorStreamManager;
import org.apache.samza.job.model.ContainerModel;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.job.model.TaskModel;
import org.apache.samza.metrics.MetricsRegistryMap;
import org.apache.samza.storage.ChangelogStreamManager;
import org.apache.samza.util.CoordinatorStreamUtil;

/** What ClusterBasedJobCoordinator does up to its first container: K=V ... -> "container TAB task TAB changelog" a line. */
public class Coordinator {
  public static void main(String[] pairs) {
    Map<String, String> given = new HashMap<>();
    for (String pair : pairs) {
      given.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    CoordinatorStreamManager stream =
        new CoordinatorStreamManager(CoordinatorStreamUtil.buildCoordinatorStreamConfig(new MapConfig(given)), new MetricsRegistryMap());
    stream.register("coordinator");
    stream.start();
    stream.bootstrap();
    Config config = stream.getConfig();
    ChangelogStreamManager changelogs = new ChangelogStreamManager(stream);
    Map<TaskName, Integer> before = changelogs.readPartitionMapping();
    JobModel model = JobModelManager.apply(stream, before).jobModel();
    ChangelogStreamManager.createChangelogStreams(config, model.maxChangeLogStreamPartitions);
    Map<TaskName, Integer> ids = new HashMap<>();
    for (ContainerModel container : model.getContainers().values()) {
      for (TaskModel task : container.getTasks().values()) {
        int id = task.getChangelogPartition().getPartitionId();
        ids.put(task.getTaskName(), id);
        System.out.println("task\t" + container.getProcessorId() + "\t" + task.getTaskName() + "\t" + id);
      }
    }
    changelogs.updatePartitionMapping(before, ids);
    System.out.println("config\t" + config.size());
    stream.stop();
    System.exit(0);
  }
}
