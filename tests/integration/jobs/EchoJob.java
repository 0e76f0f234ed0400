// SPDX-License-Identifier: Apache-2.0
import java.io.FileOutputStream;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.samza.config.Config;
import org.apache.samza.system.IncomingMessageEnvelope;
import org.apache.samza.system.SystemStreamPartition;
import org.apache.samza.task.InitableTask;
import org.apache.samza.task.MessageCollector;
import org.apache.samza.task.StreamTask;
import org.apache.samza.task.TaskContext;
import org.apache.samza.task.TaskCoordinator;

/** A job that writes what it reads into the file `echo.out`; its main method produces messages: BROKERS TOPIC PARTITIONS TEXT. */
public class EchoJob implements StreamTask, InitableTask {
    private FileOutputStream out;

    public void init(Config config, TaskContext context) throws Exception {
        out = new FileOutputStream(config.get("echo.out"), true);
    }

    public void process(IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) throws Exception {
        SystemStreamPartition from = envelope.getSystemStreamPartition();
        String text = new String((byte[]) envelope.getMessage(), "UTF-8");
        out.write((from.getPartition().getPartitionId() + " " + text + "\n").getBytes("UTF-8"));
    }

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("bootstrap.servers", args[0]);
        settings.setProperty("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        settings.setProperty("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<byte[], byte[]>(settings);
        for (int partition = 0; partition < Integer.parseInt(args[2]); partition++) {
            producer.send(new ProducerRecord<byte[], byte[]>(args[1], partition, null, args[3].getBytes("UTF-8"))).get();
        }
        producer.close();
    }
}
