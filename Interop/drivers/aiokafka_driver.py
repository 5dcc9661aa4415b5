"""aiokafka: asyncio, one event loop in a thread of its own."""

import asyncio
import logging
import re
import threading

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.helpers import create_ssl_context

from drivers import base

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


def wait(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(base.PATIENCE)


def code(error):
    found = getattr(error, "errno", None)
    return found if isinstance(found, int) else type(error).__name__


def settings_of(options, names):
    settings = base.settings(options, names)
    if "ssl_cafile" in settings:  # the library takes a context
        settings["ssl_context"] = create_ssl_context(
            cafile=settings.pop("ssl_cafile"), certfile=settings.pop("ssl_certfile", None),
            keyfile=settings.pop("ssl_keyfile", None))
    return settings


class Log(logging.Handler):
    """Some errors are in the library's log and nowhere else."""

    def emit(self, record):
        for name in re.findall(r"\b\w+Error\b", record.getMessage()):
            found = getattr(getattr(aiokafka.errors, name, None), "errno", None)
            for consumer in consumers if found is not None else ():
                consumer.errors.append(found)


consumers = set()
logging.getLogger("aiokafka").addHandler(Log(logging.WARNING))


class Producer:
    NAMES = {"codec": "compression_type", "idempotence": "enable_idempotence", "acks": "acks",
             "max_bytes": "max_request_size", "timeout_ms": "request_timeout_ms"}

    def __init__(self, bootstrap, options):
        settings = settings_of(options, self.NAMES)
        if settings.get("compression_type") == "none":
            settings["compression_type"] = None

        async def start():
            self.client = AIOKafkaProducer(bootstrap_servers=bootstrap, **settings)
            await self.client.start()

        wait(start())
        self.is_silent = options.get("acks") == 0

    def produce(self, topic, records):
        async def all_of_them():
            futures = []
            for partition, key, value, headers in records:
                try:
                    futures.append(await self.client.send(
                        topic, partition=partition, key=base.data(key), value=base.data(value),
                        headers=base.headers_in(headers)))
                except aiokafka.errors.KafkaError as error:
                    futures.append(error)
            return [await self._answer(future) for future in futures]

        return wait(all_of_them())

    async def _answer(self, future):
        try:
            if isinstance(future, Exception):
                raise future
            found = await future
            return [None, None, None] if self.is_silent else [found.partition, found.offset, found.timestamp]
        except aiokafka.errors.KafkaError as error:
            return {"error": code(error)}

    def send(self, topic, partition, value, done):
        def note(future):
            done(None if future.exception() else (future.result().partition, future.result().offset))

        async def one():
            (await self.client.send(topic, partition=partition, value=value)).add_done_callback(note)

        wait(one())

    def flush(self):
        wait(self.client.flush())

    def close(self):
        wait(self.client.stop())


class Listener(ConsumerRebalanceListener):
    def __init__(self, consumer):
        self.consumer = consumer

    async def on_partitions_revoked(self, revoked):
        pass

    async def on_partitions_assigned(self, assigned):
        self.consumer.assigned += 1


class Consumer:
    NAMES = {"client_id": "client_id", "instance": "group_instance_id", "session_ms": "session_timeout_ms",
             "heartbeat_ms": "heartbeat_interval_ms", "reset": "auto_offset_reset", "auto_commit": "enable_auto_commit"}

    def __init__(self, bootstrap, group, topics, assign, options):
        self.records, self.errors, self.assignment, self.assigned = [], [], [], 0
        settings = settings_of(options, self.NAMES)
        if "strategy" in options:
            settings["partition_assignment_strategy"] = [RangePartitionAssignor]
        settings.setdefault("auto_offset_reset", "earliest")

        async def start():
            self.client = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, **settings)
            if topics:
                self.client.subscribe(topics, listener=Listener(self) if group else None)
            else:
                self.client.assign([TopicPartition(topic, partition) for topic, partition in assign])
            await self.client.start()
            self.task = asyncio.create_task(self._run())

        consumers.add(self)
        # start() of a member waits for its assignment, and members are started side by side.
        self.started = asyncio.run_coroutine_threadsafe(start(), loop)

    async def _run(self):
        while True:
            try:
                for batch in (await self.client.getmany(timeout_ms=100)).values():
                    self.records += [[r.topic, r.partition, r.offset, r.timestamp, base.text(r.key), base.text(r.value),
                                      base.headers_out(r.headers)] for r in batch]
            except aiokafka.errors.KafkaError as error:
                self.errors.append(code(error))
            self.assignment = sorted([p.topic, p.partition] for p in self.client.assignment())

    def state(self, since):
        if self.started.done():
            self.started.result()
        return {"records": self.records[since:], "assignment": self.assignment, "errors": list(self.errors),
                "assigned": self.assigned, "ended": False}

    def run(self, function):
        self.started.result(base.PATIENCE)
        return wait(function())

    async def seek(self, topic, partition, offset):
        self.client.seek(TopicPartition(topic, partition), offset)

    async def seek_time(self, topic, partition, time):
        place = TopicPartition(topic, partition)
        found = (await self.client.offsets_for_times({place: time}))[place]
        if found:
            self.client.seek(place, found.offset)
        else:
            await self.client.seek_to_end(place)

    async def commit(self):
        await self.client.commit()

    async def committed(self, topic, partition):
        return await self.client.committed(TopicPartition(topic, partition))

    async def position(self, topic, partition):
        return await self.client.position(TopicPartition(topic, partition))

    def close(self):
        self.started.result(base.PATIENCE)

        async def stop():
            consumers.discard(self)
            self.task.cancel()
            await self.client.stop()

        wait(stop())


class Driver(base.Driver):
    make_producer = staticmethod(Producer)
    make_consumer = staticmethod(Consumer)

    def hello(self):
        return [aiokafka.__version__, None]
