// SPDX-License-Identifier: Apache-2.0
package samzak8s.oracle;

import org.apache.samza.config.Config;
import org.apache.samza.coordinator.JobModelManager;
import org.apache.samza.job.model.JobModel;

/** 0.10.1 to 0.13: one call, which reads and writes the coordinator stream itself. */
final class Pipeline {
  static final boolean COORDINATOR_STREAM = true;
  static final boolean SAVES_INPUTS = false;

  private Pipeline() {
  }

  static JobModel run(Config config) {
    return JobModelManager.apply(config).jobModel();
  }
}
