// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import org.apache.samza.config.Config;
import org.apache.samza.coordinator.JobCoordinator;
import org.apache.samza.job.model.JobModel;

/** 0.9.1: one call, with the count that the YARN application master read. */
final class Pipeline {
  static final boolean COORDINATOR_STREAM = false;
  static final boolean SAVES_INPUTS = false;

  private Pipeline() {
  }

  static JobModel run(Config config) {
    return JobCoordinator.buildJobModel(config, Integer.parseInt(config.get("yarn.container.count", "1")));
  }
}
