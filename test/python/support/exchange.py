"""Has a SignalR client of Python call a hub, one call after the other, and prints what comes of it, a line of JSON each.

Arguments: the client (pysignalr or signalrcore) and the encoding (json or messagepack). The address of the hub and the
token are in the environment. On stdin, JSON: `methods` of the client, `calls` ([method, ...arguments]), and how many
calls of methods of the client are to be waited for, `expected`. Lines: {"result"}, {"error"}, {"method", "arguments"}.
"""

import asyncio
import json
import os
import queue
import sys


def show(**line):
    print(json.dumps(line, ensure_ascii=False), flush=True)


def with_signalrcore(url, token, protocol, plan):
    from signalrcore.hub_connection_builder import HubConnectionBuilder

    builder = HubConnectionBuilder().with_url(url, options={"access_token_factory": lambda: token})
    if protocol == "messagepack":
        from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol

        builder = builder.with_hub_protocol(MessagePackHubProtocol())
    connection = builder.build()
    opened, received, answers = queue.Queue(), queue.Queue(), queue.Queue()
    connection.on_open(lambda: opened.put(None))
    # A refusal is told here alone, not to the call.
    connection.on_error(answers.put)
    for method in plan["methods"]:
        connection.on(method, lambda arguments, method=method: received.put((method, arguments)))
    connection.start()
    opened.get()
    for method, *arguments in plan["calls"]:
        connection.send(method, arguments, on_invocation=answers.put)
        answer = answers.get()
        show(error=answer.error) if answer.error else show(result=answer.result)
    for _ in range(plan["expected"]):
        method, arguments = received.get()
        show(method=method, arguments=arguments)
    connection.stop()


async def with_pysignalr(url, token, protocol, plan):
    from pysignalr.client import SignalRClient
    from pysignalr.protocol.json import JSONProtocol
    from pysignalr.protocol.messagepack import MessagepackProtocol

    encoding = MessagepackProtocol() if protocol == "messagepack" else JSONProtocol()
    # The token of an `access_token_factory` comes only after the negotiation, which needs it here.
    client = SignalRClient(url, protocol=encoding, headers={"Authorization": f"Bearer {token}"})
    opened, received, answers = asyncio.Event(), asyncio.Queue(), asyncio.Queue()

    async def open_():
        opened.set()

    async def error(message):
        pass

    client.on_open(open_)
    client.on_error(error)
    for method in plan["methods"]:

        async def receive(arguments, method=method):
            await received.put((method, arguments))

        client.on(method, receive)
    running = asyncio.create_task(client.run())
    await asyncio.wait([running, asyncio.create_task(opened.wait())], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    for method, *arguments in plan["calls"]:
        await client.send(method, arguments, on_invocation=answers.put)
        answer = await answers.get()
        show(error=answer.error) if answer.error else show(result=answer.result)
    for _ in range(plan["expected"]):
        method, arguments = await received.get()
        show(method=method, arguments=arguments)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def main():
    client, protocol = sys.argv[1:]
    given = (os.environ["HUB_URL"], os.environ["TOKEN"], protocol, json.load(sys.stdin))
    if client == "pysignalr":
        asyncio.run(with_pysignalr(*given))
    else:
        with_signalrcore(*given)


main()
