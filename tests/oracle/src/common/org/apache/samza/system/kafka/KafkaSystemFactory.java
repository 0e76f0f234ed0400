// SPDX-License-Identifier: Apache-2.0
package org.apache.samza.system.kafka;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.samza.Partition;
import org.apache.samza.config.Config;
import org.apache.samza.metrics.MetricsRegistry;
import org.apache.samza.system.IncomingMessageEnvelope;
import org.apache.samza.system.OutgoingMessageEnvelope;
import org.apache.samza.system.SystemAdmin;
import org.apache.samza.system.SystemConsumer;
import org.apache.samza.system.SystemFactory;
import org.apache.samza.system.SystemProducer;
import org.apache.samza.system.SystemStream;
import org.apache.samza.system.SystemStreamMetadata;
import org.apache.samza.system.SystemStreamPartition;
import samzak8s.oracle.World;

/** Under Kafka's name, so that a case keeps the config of a real job: metadata and the coordinator stream come from {@link World}. */
public class KafkaSystemFactory implements SystemFactory {
  @Override
  public SystemConsumer getConsumer(String system, Config config, MetricsRegistry registry) {
    return new Consumer();
  }

  @Override
  public SystemProducer getProducer(String system, Config config, MetricsRegistry registry) {
    return new Producer();
  }

  /** A proxy, since the methods of an admin differ from release to release. */
  @Override
  public SystemAdmin getAdmin(String system, Config config) {
    List<Class<?>> faces = new ArrayList<>();
    faces.add(SystemAdmin.class);
    try {
      faces.add(Class.forName("org.apache.samza.system.ExtendedSystemAdmin"));
    } catch (ClassNotFoundException e) {
      // this release has no such thing
    }
    return (SystemAdmin) Proxy.newProxyInstance(getClass().getClassLoader(), faces.toArray(new Class<?>[0]),
        (proxy, method, arguments) -> answer(proxy, system, method, arguments));
  }

  private static Object answer(Object proxy, String system, Method method, Object[] arguments) {
    switch (method.getName()) {
      case "getSystemStreamMetadata":
      case "getSystemStreamPartitionCounts":
        return metadata(system, (Collection<?>) arguments[0]);
      case "getAllSystemStreams":
        return World.current.topics(system).stream().map(topic -> new SystemStream(system, topic)).collect(Collectors.toSet());
      case "isStopped":
        return false;
      case "createStream":
        return true;
      case "hashCode":
        return System.identityHashCode(proxy);
      case "equals":
        return proxy == arguments[0];
      case "toString":
        return "admin of " + system;
      default:
        if (method.getReturnType() != void.class) {
          throw new UnsupportedOperationException(method.toString());
        }
        return null;
    }
  }

  private static Map<String, SystemStreamMetadata> metadata(String system, Collection<?> topics) {
    Map<String, SystemStreamMetadata> found = new HashMap<>();
    for (Object topic : topics) {
      Integer count = World.current.partitions(system, (String) topic);
      if (count == null) {
        continue;
      }
      Map<Partition, SystemStreamMetadata.SystemStreamPartitionMetadata> partitions = new HashMap<>();
      for (int i = 0; i < count; i++) {
        partitions.put(new Partition(i), new SystemStreamMetadata.SystemStreamPartitionMetadata("0", "0", "1"));
      }
      found.put((String) topic, new SystemStreamMetadata((String) topic, partitions));
    }
    return found;
  }

  private static final class Consumer implements SystemConsumer {
    private int position;

    @Override
    public void start() {
    }

    @Override
    public void stop() {
    }

    @Override
    public void register(SystemStreamPartition partition, String offset) {
    }

    @Override
    public Map<SystemStreamPartition, List<IncomingMessageEnvelope>> poll(Set<SystemStreamPartition> wanted, long timeout) {
      List<IncomingMessageEnvelope> envelopes = new ArrayList<>();
      SystemStreamPartition partition = wanted.iterator().next();
      for (byte[][] record : World.current.records(position)) {
        envelopes.add(new IncomingMessageEnvelope(partition, Integer.toString(position++), record[0], record[1]));
      }
      return envelopes.isEmpty() ? Collections.emptyMap() : Collections.singletonMap(partition, envelopes);
    }
  }

  private static final class Producer implements SystemProducer {
    @Override
    public void start() {
    }

    @Override
    public void stop() {
    }

    @Override
    public void register(String source) {
    }

    @Override
    public void send(String source, OutgoingMessageEnvelope envelope) {
      World.current.append((byte[]) envelope.getKey(), (byte[]) envelope.getMessage());
    }

    @Override
    public void flush(String source) {
    }
  }
}
