import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/** The driver of the Java client: the verbs of Interop/drivers/__init__.py, one JSON object a line. */
public final class ClientDriver {
    private static final long PATIENCE_MS = 50_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Producer> producers = new HashMap<>();
    private final Map<String, Consumer> consumers = new HashMap<>();
    private final AdminDriver admin = new AdminDriver();

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        ClientDriver driver = new ClientDriver();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            JsonNode call = JSON.readTree(line);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", call.get("id").asLong());
            try {
                answer.put("result", driver.perform(call.get("verb").asText(), call));
            } catch (Throwable failure) {
                Throwable cause = unwrapped(failure);
                failure.printStackTrace();
                answer.put("failure", cause.getClass().getSimpleName() + ": " + cause.getMessage());
            }
            out.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    private Object perform(String verb, JsonNode call) throws Exception {
        String name = call.path("name").asText();
        switch (verb) {
            case "hello":
                return Arrays.asList(AppInfoParser.getVersion(), null);
            case "producer":
                producers.put(name, new Producer(call));
                return null;
            case "produce":
                return producers.get(name).produce(call.get("topic").asText(), call.get("records"));
            case "flood":
                producers.get(name).flood(call);
                return null;
            case "flooded":
                return producers.get(name).acknowledgedCount();
            case "settle":
                return producers.get(name).settle();
            case "consumer":
                consumers.put(name, new Consumer(call));
                return null;
            case "state":
                return consumers.get(name).state(call.path("since").asInt());
            case "close":
                if (producers.containsKey(name)) producers.remove(name).close();
                else consumers.remove(name).close();
                return null;
            case "admin":
                return admin.perform(call);
            default:
                return consumers.get(name).perform(verb, call);
        }
    }

    static Throwable unwrapped(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Kafka's error code, or the name of what has none. */
    static Object code(Throwable failure) {
        Throwable cause = unwrapped(failure);
        Errors error = Errors.forException(cause);
        return error == Errors.UNKNOWN_SERVER_ERROR && !(cause instanceof org.apache.kafka.common.errors.UnknownServerException)
            ? cause.getClass().getSimpleName()
            : error.code();
    }

    static byte[] bytes(JsonNode text) {
        return text == null || text.isNull() ? null : text.asText().getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Options of ours under Kafka's names. */
    static Map<String, Object> settings(JsonNode call, Map<String, String> names) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", call.get("bootstrap").asText());
        call.path("options").properties().forEach(option -> {
            String name = names.get(option.getKey());
            if (name != null) settings.put(name, option.getValue().asText());
        });
        call.path("options").path("native").properties().forEach(
            setting -> settings.put(setting.getKey(), setting.getValue().asText()));
        return settings;
    }

    /** A producer, and its flood. */
    private static final class Producer {
        private static final Map<String, String> NAMES = Map.of(
            "codec", "compression.type", "idempotence", "enable.idempotence", "acks", "acks", "max_bytes", "max.request.size",
            "timeout_ms", "delivery.timeout.ms", "retries", "retries");
        private static final int WINDOW = 200;
        private final KafkaProducer<byte[], byte[]> client;
        private final boolean isSilent;
        private final List<Object> acknowledged = new ArrayList<>();
        private int failed;
        private volatile boolean isStopping;
        private Thread thread;

        Producer(JsonNode call) {
            Map<String, Object> settings = settings(call, NAMES);
            if (settings.containsKey("delivery.timeout.ms")) {
                int timeout = Integer.parseInt(settings.get("delivery.timeout.ms").toString());
                settings.put("request.timeout.ms", Math.min(30_000, timeout - 5));
            }
            isSilent = "0".equals(settings.get("acks"));
            client = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        }

        List<Object> produce(String topic, JsonNode records) throws Exception {
            List<Future<RecordMetadata>> futures = new ArrayList<>();
            for (JsonNode record : records) {
                List<Header> headers = new ArrayList<>();
                for (JsonNode header : record.get(3)) headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
                Integer partition = record.get(0).isNull() ? null : record.get(0).asInt();
                futures.add(client.send(
                    new ProducerRecord<>(topic, partition, bytes(record.get(1)), bytes(record.get(2)), headers)));
            }
            client.flush();
            List<Object> answers = new ArrayList<>();
            for (Future<RecordMetadata> future : futures) {
                try {
                    RecordMetadata found = future.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
                    answers.add(Arrays.asList(found.partition(), isSilent ? null : found.offset(), found.timestamp()));
                } catch (ExecutionException failure) {
                    answers.add(Map.of("error", code(failure)));
                }
            }
            return answers;
        }

        void flood(JsonNode call) {
            String topic = call.get("topic").asText();
            String prefix = call.get("prefix").asText();
            int partitions = call.get("partitions").asInt();
            Semaphore window = new Semaphore(WINDOW);
            isStopping = false;
            thread = new Thread(() -> {
                for (int n = 0; !isStopping; n++) {
                    try {
                        if (!window.tryAcquire(1, TimeUnit.SECONDS)) {
                            n--;
                            continue;
                        }
                        Thread.sleep(1);
                    } catch (InterruptedException end) {
                        return;
                    }
                    String value = prefix + n;
                    try {
                        client.send(new ProducerRecord<>(topic, n % partitions, null, value.getBytes(StandardCharsets.UTF_8)), (found, failure) -> {
                            note(found, failure, value);
                            window.release();
                        });
                    } catch (RuntimeException failure) {
                        note(null, failure, value);
                        window.release();
                    }
                }
            });
            thread.start();
        }

        private synchronized void note(RecordMetadata found, Exception failure, String value) {
            if (failure != null) failed++;
            else acknowledged.add(Arrays.asList(found.partition(), found.offset(), value));
        }

        synchronized int acknowledgedCount() {
            return acknowledged.size();
        }

        Object settle() throws InterruptedException {
            isStopping = true;
            thread.join(PATIENCE_MS);
            client.flush();
            synchronized (this) {
                return Arrays.asList(new ArrayList<>(acknowledged), failed);
            }
        }

        void close() {
            client.close(Duration.ofSeconds(10));
        }
    }

    /** A consumer that belongs to its thread, which polls all the time. */
    private static final class Consumer {
        private static final Map<String, String> NAMES = Map.of(
            "client_id", "client.id", "instance", "group.instance.id", "session_ms", "session.timeout.ms", "heartbeat_ms",
            "heartbeat.interval.ms", "reset", "auto.offset.reset", "auto_commit", "enable.auto.commit");
        private static final Map<String, String> STRATEGIES = Map.of(
            "range", "org.apache.kafka.clients.consumer.RangeAssignor", "cooperative",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

        private final List<Object> records = new ArrayList<>();
        private final List<Object> errors = new ArrayList<>();
        private List<List<Object>> assignment = List.of();
        private int assigned;
        private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
        private volatile boolean isClosing;
        private final Thread thread;
        private final KafkaConsumer<byte[], byte[]> client;
        private final IntConsumer listener = this::note;

        Consumer(JsonNode call) {
            Map<String, Object> settings = settings(call, NAMES);
            settings.putIfAbsent("auto.offset.reset", "earliest");
            JsonNode group = call.path("group");
            if (group.isTextual()) settings.put("group.id", group.asText());
            JsonNode strategy = call.path("options").path("strategy");
            if (strategy.isTextual()) settings.put("partition.assignment.strategy", STRATEGIES.get(strategy.asText()));
            client = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<String> topics = new ArrayList<>();
            call.path("topics").forEach(topic -> topics.add(topic.asText()));
            List<TopicPartition> places = new ArrayList<>();
            call.path("assign").forEach(place -> places.add(new TopicPartition(place.get(0).asText(), place.get(1).asInt())));
            if (topics.isEmpty()) client.assign(places);
            else if (group.isTextual()) client.subscribe(topics, new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> places) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> places) {
                    synchronized (Consumer.this) {
                        assigned++;
                    }
                }
            });
            else for (String topic : topics) {
                client.partitionsFor(topic).forEach(found -> places.add(new TopicPartition(topic, found.partition())));
                client.assign(places);
            }
            DriverLog.LISTENERS.add(listener);
            thread = new Thread(this::run);
            thread.setDaemon(true);
            thread.start();
        }

        private synchronized void note(Object code) {
            errors.add(code);
        }

        private void run() {
            while (!isClosing) {
                for (Runnable command; (command = commands.poll()) != null; ) command.run();
                try {
                    for (ConsumerRecord<byte[], byte[]> record : client.poll(Duration.ofMillis(100))) add(record);
                    look();
                } catch (RuntimeException failure) { // what a poll throws is what an application sees
                    note(code(failure));
                }
            }
            DriverLog.LISTENERS.remove(listener);
            client.close();
        }

        private synchronized void add(ConsumerRecord<byte[], byte[]> record) {
            List<Object> headers = new ArrayList<>();
            for (Header header : record.headers()) headers.add(Arrays.asList(header.key(), text(header.value())));
            records.add(Arrays.asList(
                record.topic(), record.partition(), record.offset(), record.timestamp(), text(record.key()), text(record.value()), headers));
        }

        private synchronized void look() {
            List<List<Object>> found = new ArrayList<>();
            for (TopicPartition place : client.assignment()) found.add(List.of(place.topic(), place.partition()));
            found.sort((a, b) -> a.toString().compareTo(b.toString()));
            assignment = found;
        }

        synchronized Object state(int since) {
            return Map.of(
                "records", new ArrayList<>(records.subList(Math.min(since, records.size()), records.size())), "assignment",
                assignment, "errors", new ArrayList<>(errors), "assigned", assigned, "ended", !thread.isAlive());
        }

        /** A verb, on the consumer's thread. */
        Object perform(String verb, JsonNode call) throws Exception {
            CompletableFuture<Object> done = new CompletableFuture<>();
            commands.add(() -> {
                try {
                    done.complete(here(verb, call));
                } catch (RuntimeException failure) {
                    done.completeExceptionally(failure);
                }
            });
            return done.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        }

        private Object here(String verb, JsonNode call) {
            TopicPartition place = new TopicPartition(call.path("topic").asText(), call.path("partition").asInt());
            switch (verb) {
                case "seek":
                    client.seek(place, call.get("offset").asLong());
                    return null;
                case "seek_time":
                    var found = client.offsetsForTimes(Map.of(place, call.get("time").asLong())).get(place);
                    if (found == null) client.seekToEnd(List.of(place));
                    else client.seek(place, found.offset());
                    return null;
                case "commit":
                    client.commitSync();
                    return null;
                case "committed":
                    OffsetAndMetadata committed = client.committed(java.util.Set.of(place)).get(place);
                    return committed == null ? null : committed.offset();
                case "position":
                    return client.position(place);
                default:
                    throw new IllegalArgumentException("no verb " + verb);
            }
        }

        void close() throws InterruptedException {
            isClosing = true;
            thread.join(PATIENCE_MS);
            if (thread.isAlive()) throw new IllegalStateException("the consumer doesn't close");
        }
    }
}
