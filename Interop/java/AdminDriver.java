import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What kafka-topics, kafka-configs, kafka-consumer-groups, kafka-delete-records, kafka-log-dirs, kafka-get-offsets and
 * kafka-broker-api-versions ask, by the Admin that they use. A call's "do" says which; each answer is plain JSON, and an
 * error is {"error": code}.
 */
final class AdminDriver {
    private final Map<String, Admin> clients = new HashMap<>();

    Object perform(JsonNode call) throws Exception {
        Admin admin = clients.computeIfAbsent(call.get("bootstrap").asText(), bootstrap -> Admin.create(Map.of(
            "bootstrap.servers", bootstrap, "default.api.timeout.ms", 20_000, "request.timeout.ms", 10_000)));
        try {
            return perform(call.get("do").asText(), admin, call);
        } catch (java.util.concurrent.ExecutionException failure) {
            Throwable cause = ClientDriver.unwrapped(failure);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("error", ClientDriver.code(cause));
            answer.put("message", cause.getMessage());
            return answer;
        }
    }

    private Object perform(String what, Admin admin, JsonNode call) throws Exception {
        String topic = call.path("topic").asText();
        String group = call.path("group").asText();
        switch (what) {
            case "create-topic":
                NewTopic made = new NewTopic(topic, call.get("partitions").asInt(), (short) call.path("replicas").asInt(1));
                Map<String, String> configs = new HashMap<>();
                call.path("configs").properties().forEach(c -> configs.put(c.getKey(), c.getValue().asText()));
                get(admin.createTopics(List.of(made.configs(configs))).all());
                return null;
            case "list-topics":
                return new java.util.TreeSet<>(get(admin.listTopics().names()));
            case "describe-topic":
                return described(get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
            case "delete-topic":
                get(admin.deleteTopics(List.of(topic)).all());
                return null;
            case "add-partitions":
                get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(call.get("partitions").asInt()))).all());
                return null;
            case "describe-configs":
                return described(resource(call), admin);
            case "alter-configs":
                return altered(admin, call);
            case "list-groups":
                Map<String, Object> groups = new TreeMap<>();
                for (GroupListing found : get(admin.listGroups().all()))
                    groups.put(found.groupId(), List.of(found.protocol(), found.groupState().map(Object::toString).orElse("")));
                return groups;
            case "describe-group":
                return described(get(admin.describeConsumerGroups(List.of(group)).all()).get(group));
            case "delete-group":
                get(admin.deleteConsumerGroups(List.of(group)).all());
                return null;
            case "group-offsets":
                Map<String, Object> offsets = new TreeMap<>();
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).forEach(
                    (place, found) -> offsets.put(place.toString(), found == null ? null : found.offset()));
                return offsets;
            case "reset-offsets":
                get(admin.alterConsumerGroupOffsets(group, Map.of(
                    place(call), new OffsetAndMetadata(call.get("offset").asLong()))).all());
                return null;
            case "delete-offsets":
                get(admin.deleteConsumerGroupOffsets(group, java.util.Set.of(place(call))).all());
                return null;
            case "delete-records":
                return get(admin.deleteRecords(Map.of(place(call), RecordsToDelete.beforeOffset(call.get("offset").asLong())))
                    .lowWatermarks().get(place(call))).lowWatermark();
            case "list-offsets":
                return offsets(admin, call);
            case "describe-cluster":
                var cluster = admin.describeCluster();
                Node controller = get(cluster.controller());
                List<Object> nodes = new ArrayList<>();
                for (Node node : get(cluster.nodes())) nodes.add(List.of(node.id(), node.host(), node.port()));
                return Map.of("id", get(cluster.clusterId()), "controller", controller.id(), "nodes", nodes);
            case "log-dirs":
                Map<String, Object> sizes = new TreeMap<>();
                get(admin.describeLogDirs(List.of(call.get("node").asInt())).allDescriptions()).values().forEach(
                    dirs -> dirs.values().forEach(dir -> dir.replicaInfos().forEach(
                        (place, replica) -> sizes.put(place.toString(), replica.size()))));
                return sizes;
            default:
                throw new IllegalArgumentException("no admin verb " + what);
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(40, TimeUnit.SECONDS);
    }

    private static TopicPartition place(JsonNode call) {
        return new TopicPartition(call.get("topic").asText(), call.path("partition").asInt());
    }

    private static ConfigResource resource(JsonNode call) {
        return new ConfigResource(ConfigResource.Type.valueOf(call.get("type").asText()), call.get("resource").asText());
    }

    private static Object described(TopicDescription topic) {
        List<Object> partitions = new ArrayList<>();
        topic.partitions().forEach(found -> partitions.add(List.of(
            found.partition(), found.leader().id(), found.replicas().size(), found.isr().size())));
        return Map.of("name", topic.name(), "partitions", partitions, "internal", topic.isInternal());
    }

    private static Object described(ConfigResource resource, Admin admin) throws Exception {
        Config config = get(admin.describeConfigs(List.of(resource)).all()).get(resource);
        Map<String, Object> found = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("value", entry.value());
            one.put("source", entry.source().toString());
            one.put("type", entry.type().toString());
            one.put("read_only", entry.isReadOnly());
            found.put(entry.name(), one);
        }
        return found;
    }

    private static Object altered(Admin admin, JsonNode call) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        call.path("set").properties().forEach(c -> changes.add(
            new AlterConfigOp(new ConfigEntry(c.getKey(), c.getValue().asText()), AlterConfigOp.OpType.SET)));
        call.path("delete").forEach(name -> changes.add(
            new AlterConfigOp(new ConfigEntry(name.asText(), null), AlterConfigOp.OpType.DELETE)));
        get(admin.incrementalAlterConfigs(Map.of(resource(call), changes)).all());
        return null;
    }

    private static Object described(ConsumerGroupDescription group) {
        List<Object> members = new ArrayList<>();
        for (MemberDescription member : group.members()) {
            List<String> places = new ArrayList<>();
            member.assignment().topicPartitions().forEach(place -> places.add(place.toString()));
            java.util.Collections.sort(places);
            members.add(Map.of("client_id", member.clientId(), "host", member.host(), "instance",
                member.groupInstanceId().orElse(""), "partitions", places));
        }
        return Map.of("state", group.groupState().toString(), "assignor", group.partitionAssignor(), "coordinator",
            group.coordinator().id(), "members", members);
    }

    private static Object offsets(Admin admin, JsonNode call) throws Exception {
        TopicPartition place = place(call);
        Map<String, Object> found = new LinkedHashMap<>();
        Map<String, OffsetSpec> specs = new LinkedHashMap<>();
        specs.put("earliest", OffsetSpec.earliest());
        specs.put("latest", OffsetSpec.latest());
        specs.put("max-timestamp", OffsetSpec.maxTimestamp());
        if (call.has("time")) specs.put("time", OffsetSpec.forTimestamp(call.get("time").asLong()));
        for (Map.Entry<String, OffsetSpec> spec : specs.entrySet()) {
            ListOffsetsResult.ListOffsetsResultInfo info =
                get(admin.listOffsets(Map.of(place, spec.getValue())).partitionResult(place));
            found.put(spec.getKey(), info.offset());
        }
        return found;
    }
}
