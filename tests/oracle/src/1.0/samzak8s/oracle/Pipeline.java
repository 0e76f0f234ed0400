// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import java.util.HashMap;
import java.util.Map;
import org.apache.samza.config.Config;
import org.apache.samza.container.TaskName;
import org.apache.samza.coordinator.JobModelManager;
import org.apache.samza.coordinator.stream.CoordinatorStreamManager;
import org.apache.samza.job.model.ContainerModel;
import org.apache.samza.job.model.JobModel;
import org.apache.samza.metrics.MetricsRegistryMap;
import org.apache.samza.storage.ChangelogStreamManager;

/** 1.0, as its ClusterBasedJobCoordinator does it: mapping read, model made, changelogs created, mapping written. */
final class Pipeline {
  static final boolean COORDINATOR_STREAM = true;
  static final boolean SAVES_INPUTS = false;

  private Pipeline() {
  }

  static JobModel run(Config config) {
    MetricsRegistryMap metrics = new MetricsRegistryMap();
    CoordinatorStreamManager stream = new CoordinatorStreamManager(config, metrics);
    stream.register("oracle");
    stream.start();
    stream.bootstrap();
    ChangelogStreamManager changelogs = new ChangelogStreamManager(stream);
    Map<TaskName, Integer> previous = changelogs.readPartitionMapping();
    JobModel model = JobModelManager.apply(stream.getConfig(), previous).jobModel();
    ChangelogStreamManager.createChangelogStreams(model.getConfig(), model.maxChangeLogStreamPartitions);
    Map<TaskName, Integer> now = new HashMap<>();
    for (ContainerModel container : model.getContainers().values()) {
      container.getTasks().forEach((name, task) -> now.put(name, task.getChangelogPartition().getPartitionId()));
    }
    changelogs.updatePartitionMapping(previous, now);
    return model;
  }
}
