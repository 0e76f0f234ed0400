// SPDX-License-Identifier: Apache-2.0
package org.apache.samza.checkpoint.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.samza.checkpoint.Checkpoint;
import org.apache.samza.checkpoint.CheckpointManager;
import org.apache.samza.checkpoint.CheckpointManagerFactory;
import org.apache.samza.config.Config;
import org.apache.samza.container.TaskName;
import org.apache.samza.metrics.MetricsRegistry;
import samzak8s.oracle.World;

/** Keeps the changelog mapping of 0.9.1 in {@link World}. */
public class KafkaCheckpointManagerFactory implements CheckpointManagerFactory {
  @Override
  public CheckpointManager getCheckpointManager(Config config, MetricsRegistry registry) {
    return new Manager();
  }

  private static final class Manager implements CheckpointManager {
    @Override
    public void start() {
    }

    @Override
    public void stop() {
    }

    @Override
    public void register(TaskName task) {
    }

    @Override
    public void writeCheckpoint(TaskName task, Checkpoint checkpoint) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Checkpoint readLastCheckpoint(TaskName task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<TaskName, Integer> readChangeLogPartitionMapping() {
      Map<TaskName, Integer> mapping = new HashMap<>();
      if (World.current.checkpointMapping != null) {
        World.current.checkpointMapping.forEach((task, id) -> mapping.put(new TaskName(task), id));
      }
      return mapping;
    }

    @Override
    public void writeChangeLogPartitionMapping(Map<TaskName, Integer> mapping) {
      World.current.checkpointMapping = new HashMap<>();
      mapping.forEach((task, id) -> World.current.checkpointMapping.put(task.getTaskName(), id));
    }
  }
}
