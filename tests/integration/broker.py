"""A mosquitto of a test's own, and a client of it that nobody here wrote (paho)."""
import json
import pathlib
import socket
import subprocess
import tempfile
import threading

import support

try:
    import paho.mqtt.client as paho
except ImportError:
    paho = None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """with Broker() as broker: ... listens at 127.0.0.1:broker.port; stop() and start() again keep the port. host: a name
    may stand for addresses of both families; it listens at all of them."""

    def __init__(self, *settings, port=None, host="127.0.0.1"):
        self.program = support.program("mosquitto")
        self.port = port or free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="mbplant-")
        self.config = pathlib.Path(self.folder.name) / "mosquitto.conf"
        self.config.write_text("\n".join([f"listener {self.port} {host}", *(settings or ["allow_anonymous true"]),
                                          "persistence false", "max_queued_messages 0", ""]))
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def start(self):
        self.process = subprocess.Popen([self.program, "-c", str(self.config)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        support.eventually(self._answers, f"a broker at port {self.port}")

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return True
        except OSError:
            return False

    def stop(self, kill=False):
        if self.process:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(support.PATIENCE_S)
            self.process = None


class Cable:
    """A way to a port that can be cut and mended: who is connected through it loses the connection, nobody else."""

    def __init__(self, to):
        self.to, self.port, self.ends = to, free_port(), []
        self.listener = None
        self.mend()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def cut(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        while self.ends:
            end = self.ends.pop()
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def _serve(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            self.ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Message:
    def __init__(self, message):
        self.topic, self.payload, self.retain, self.qos = message.topic, message.payload, message.retain, message.qos

    def json(self):
        return json.loads(self.payload)


class Client:
    """Hears all that is published below its topics."""

    def __init__(self, port, *topics, will=None, **options):
        version = getattr(paho, "CallbackAPIVersion", None)
        self.client = paho.Client(version.VERSION1, **options) if version else paho.Client(**options)
        self.messages = []
        self._more = threading.Condition()
        self._ready = threading.Event()
        self.topics = topics
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._on_message
        if will:
            self.client.will_set(*will)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        if topics:
            assert self._ready.wait(support.PATIENCE_S), "the broker does not take a subscription"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def _on_connect(self, client, *_):
        if self.topics:
            client.subscribe([(topic, 1) for topic in self.topics])

    def _on_message(self, _client, _data, message):
        with self._more:
            self.messages.append(Message(message))
            self._more.notify_all()

    def listen_again(self, happen):
        """Back when something has happened and it has subscribed anew."""
        self._ready.clear()
        happen()
        assert self._ready.wait(support.PATIENCE_S), "no subscription after it"

    def of(self, topic):
        with self._more:
            return [message for message in self.messages if message.topic == topic]

    def wait_for(self, what, check):
        """The first message that check finds good."""
        found = []

        def look():
            found[:] = [message for message in self.messages if check(message)][:1]
            return bool(found)
        with self._more:
            assert self._more.wait_for(look, support.PATIENCE_S), f"no message: {what}; {len(self.messages)} came"
        return found[0]

    def publish(self, topic, payload, retain=False):
        """Back when the broker has it."""
        self.client.publish(topic, payload, 1, retain).wait_for_publish(support.PATIENCE_S)
