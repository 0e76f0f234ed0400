// SPDX-License-Identifier: Apache-2.0
import java.util.HashMap;
import java.util.Map;

import org.apache.samza.config.Config;
import org.apache.samza.config.MapConfig;
import org.apache.samza.container.TaskName;
import org.apache.samza.coordinator.JobModelManager;
import org.apache.samza.coordinator.metadatastore.CoordinatorStreamStore;
import org.apache.samza.coordinator.metadatastore.NamespaceAwareCoordinatorStreamStore;
import org.apache.samza.coordinator.stream.messages.SetChangelogMapping;
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
    CoordinatorStreamStore store =
        new CoordinatorStreamStore(CoordinatorStreamUtil.buildCoordinatorStreamConfig(new MapConfig(given)), new MetricsRegistryMap());
    store.init();
    Config config = CoordinatorStreamUtil.readConfigFromCoordinatorStream(store);
    ChangelogStreamManager changelogs =
        new ChangelogStreamManager(new NamespaceAwareCoordinatorStreamStore(store, SetChangelogMapping.TYPE));
    Map<TaskName, Integer> before = changelogs.readPartitionMapping();
    JobModel model = JobModelManager.apply(config, before, store, new MetricsRegistryMap()).jobModel();
    ChangelogStreamManager.createChangelogStreams(config, model.getMaxChangeLogStreamPartitions());
    Map<TaskName, Integer> ids = new HashMap<>();
    for (ContainerModel container : model.getContainers().values()) {
      for (TaskModel task : container.getTasks().values()) {
        int id = task.getChangelogPartition().getPartitionId();
        ids.put(task.getTaskName(), id);
        System.out.println("task\t" + container.getId() + "\t" + task.getTaskName() + "\t" + id);
      }
    }
    changelogs.updatePartitionMapping(before, ids);
    System.out.println("config\t" + config.size());
    store.close();
    System.exit(0);
  }
}
