"""What Quix's samples in Python do with its Writer and Reader, over the client that they use, signalrcore."""

import base64
import os
import queue
import sys
import time

from signalrcore.hub_connection_builder import HubConnectionBuilder

SECONDS = float(os.environ.get("TIMEOUT_SECONDS", "60"))


def setting(name):
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set: see README.md")
    return value


def say(what, *values):
    print(what, *values, flush=True)


class Hub:
    """A connection whose calls can be waited for: signalrcore tells of everything through callbacks."""

    def __init__(self, url, token):
        self._calls = {}
        self._opened = queue.Queue()
        self._answers = queue.Queue()
        self._connection = (
            HubConnectionBuilder().with_url(f"{url}/hub", options={"access_token_factory": lambda: token}).build()
        )
        self._connection.on_open(lambda: self._opened.put(None))
        # A call that is refused is told here alone.
        self._connection.on_error(self._answers.put)

    def start(self):
        self._connection.start()
        self._opened.get(timeout=SECONDS)

    def stop(self):
        # It waits for something to come, which is the server's ping after 15 seconds at the latest.
        self._connection.stop()

    def collect(self, method):
        """Keeps the calls of a method of the client: each is a list of arguments."""
        self._calls[method] = queue.Queue()
        self._connection.on(method, self._calls[method].put)

    def received(self, method, wanted=lambda *arguments: True):
        """Waits for a call of a method."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                arguments = self._calls[method].get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                sys.exit(f"failed: {method} was not called")
            say(method, *arguments)
            if wanted(*arguments):
                return arguments

    def call(self, method, *arguments):
        """Invokes a method and waits for its answer: what is sent is on disk then."""
        self._connection.send(method, list(arguments), on_invocation=self._answers.put)
        try:
            answer = self._answers.get(timeout=SECONDS)
        except queue.Empty:
            sys.exit(f"failed: no answer to {method}")
        if answer.error:
            sys.exit(f"failed: {method}: {answer.error}")
        say(method, answer.result)
        return answer.result


def main():
    topic = os.environ.get("TOPIC", "cars")
    hub = Hub(setting("WRITER_HUB_URL"), setting("TOKEN"))
    for method in ("ParameterDataReceived", "EventDataReceived", "ActiveStreamsChanged", "PackageReceived"):
        hub.collect(method)
    hub.start()

    # What is subscribed to has to be there in Quix; here it may come later.
    hub.call("SubscribeToParameter", topic, "*", "Speed")
    hub.call("SubscribeToEvent", topic, "*", "*")
    hub.call("SubscribeToPackages", topic)

    stream = hub.call("CreateStream", topic, {"Name": "Python", "Location": "/simulations"})["streamId"]
    hub.call("SubscribeToActiveStreams", topic)
    hub.call("UpdateStream", topic, stream, {"Name": "Python", "Metadata": {"rig": "7"}})
    # time.time_ns() is an int of any length: all 19 digits arrive, and come back.
    epoch = time.time_ns()
    hub.call(
        "SendParameterData",
        topic,
        stream,
        {
            "epoch": epoch,
            "timestamps": [0, 1, 2],
            "numericValues": {"Speed": [1.5, None, 3], "Gear": [1, 2, 3]},
            "stringValues": {"Radio": ["box", "", None]},
            "binaryValues": {"Frame": [base64.b64encode(b"\x00\xff").decode(), None, None]},
            "tagValues": {"lap": ["1", "1", "2"]},
        },
    )
    hub.call("SendEventData", topic, stream, [{"id": "Lap", "timestamp": epoch, "value": "1", "tags": {"lap": "1"}}])

    (data,) = hub.received("ParameterDataReceived")
    if data["epoch"] != epoch or data["numericValues"] != {"Speed": [1.5, None, 3]}:
        sys.exit(f"failed: {data} was received where {epoch} was sent")
    hub.received("EventDataReceived", lambda event: event["timestamp"] == epoch)
    hub.received("PackageReceived", lambda package: "NumericValues" in package["value"])
    hub.received("ActiveStreamsChanged", lambda active, action: active["streamId"] == stream)
    hub.call("CloseStream", topic, stream)
    hub.call("UnsubscribeFromStream", topic, "*")
    say("everything has come")
    hub.stop()


main()
