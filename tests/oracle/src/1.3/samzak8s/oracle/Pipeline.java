// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.util.HashMap;
import java.util.Map;
import org.apache.samza.config.Config;
import org.apache.samza.container.TaskName;
import org.apache.samza.coordinator.JobModelManager;
import org.apache.samza.coordinator.metadatastore.CoordinatorStreamStore;
import org.apache.samza.coordinator.metadatastore.NamespaceAwareCoordinatorStreamStore;
import org.apache.samza.coordinator.stream.messages.SetChangelogMapping;
import org.apache.samza.job.model.ContainerModel;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.metrics.MetricsRegistryMap;
import org.apache.samza.storage.ChangelogStreamManager;
import org.apache.samza.util.CoordinatorStreamUtil;

/** 1.3 and later, as its ClusterBasedJobCoordinator does it: mapping read, model made, changelogs created, mapping written. */
final class Pipeline {
  static final boolean COORDINATOR_STREAM = true;
  static final boolean SAVES_INPUTS = true;

  private Pipeline() {
  }

  static JobModel run(Config config) {
    MetricsRegistryMap metrics = new MetricsRegistryMap();
    CoordinatorStreamStore store = new CoordinatorStreamStore(config, metrics);
    store.init();
    Config stored = CoordinatorStreamUtil.readConfigFromCoordinatorStream(store);
    ChangelogStreamManager changelogs =
        new ChangelogStreamManager(new NamespaceAwareCoordinatorStreamStore(store, SetChangelogMapping.TYPE));
    Map<TaskName, Integer> previous = changelogs.readPartitionMapping();
    JobModel model = JobModelManager.apply(stored, previous, store, metrics).jobModel();
    ChangelogStreamManager.createChangelogStreams(model.getConfig(), model.maxChangeLogStreamPartitions);
    Map<TaskName, Integer> now = new HashMap<>();
    for (ContainerModel container : model.getContainers().values()) {
      container.getTasks().forEach((name, task) -> now.put(name, task.getChangelogPartition().getPartitionId()));
    }
    changelogs.updatePartitionMapping(previous, now);
    return model;
  }
}
