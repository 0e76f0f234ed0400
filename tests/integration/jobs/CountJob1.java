// SPDX-License-Identifier: Apache-2.0
import java.io.FileOutputStream;
import org.apache.samza.config.Config;
import org.apache.samza.context.Context;
import org.apache.samza.storage.kv.KeyValueStore;
import org.apache.samza.system.IncomingMessageEnvelope;
import org.apache.samza.task.InitableTask;
import org.apache.samza.task.MessageCollector;
import org.apache.samza.task.StreamTask;
import org.apache.samza.task.TaskCoordinator;

/** Counts equal messages in a store and writes `MESSAGE COUNT WORD` into the file `count.out`; for Samza 1.x. */
public class CountJob1 implements StreamTask, InitableTask {
    private FileOutputStream out;
    private String word;
    private KeyValueStore<String, String> store;

    @SuppressWarnings("unchecked")
    public void init(Context context) throws Exception {
        Config config = context.getJobContext().getConfig();
        out = new FileOutputStream(config.get("count.out"), true);
        word = config.get("sensitive.word");
        store = (KeyValueStore<String, String>) context.getTaskContext().getStore("counts");
    }

    public void process(IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) throws Exception {
        String text = (String) envelope.getMessage();
        String before = store.get(text);
        int count = before == null ? 1 : Integer.parseInt(before) + 1;
        store.put(text, Integer.toString(count));
        out.write((text + " " + count + " " + word + "\n").getBytes("UTF-8"));
    }
}
